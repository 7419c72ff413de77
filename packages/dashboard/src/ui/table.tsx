import type { ComponentPropsWithRef } from 'react';

/**
 * A real table whose rows are laid out on a grid, so that columns can be dropped and folded on a small screen. The
 * roles are repeated because a browser may forget them when it lays a row out differently.
 */
export function Table({ label, ...rest }: ComponentPropsWithRef<'table'> & { label: string }) {
  return <table role="table" aria-label={label} {...rest} className={`tbl ${rest.className ?? ''}`} />;
}

export function Row({ className = '', ...rest }: ComponentPropsWithRef<'tr'>) {
  return <tr role="row" {...rest} className={`tr ${className}`} />;
}

export function Cell(props: ComponentPropsWithRef<'td'>) {
  return <td role="cell" {...props} />;
}

interface Column {
  readonly word: string;
  readonly className?: string;
  /** The word is for readers of text only. */
  readonly isHidden?: boolean;
}

export function Head({ className, columns }: { className: string; columns: readonly Column[] }) {
  return (
    <thead role="rowgroup">
      <tr role="row" className={`tr th ${className}`}>
        {columns.map((column) => (
          <th key={column.word} role="columnheader" scope="col" className={column.className}>
            {column.isHidden ? <span className="sr">{column.word}</span> : column.word}
          </th>
        ))}
      </tr>
    </thead>
  );
}
