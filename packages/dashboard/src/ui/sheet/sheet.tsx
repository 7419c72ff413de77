import './sheet.css';
import { type FormEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';
import { Icon } from '../glyphs/icon.tsx';

interface SheetProps {
  readonly title: string;
  /** A line below the title. */
  readonly lead?: ReactNode;
  /** The sheet wants to go away: by Esc, by its own buttons, or by a press beside it. */
  readonly onClose: () => void;
  /** What has the focus afterwards, looked for when the sheet has gone. */
  readonly returnTo: () => HTMLElement | null;
  /** Something was typed that a press beside the sheet must not lose. */
  readonly isDirty?: boolean;
  readonly onSubmit: () => void;
  /** The buttons that stand below, whatever is scrolled. */
  readonly footer: ReactNode;
  readonly children: ReactNode;
}

/**
 * A panel over the right side of the page; on a phone over all of it. The browser's dialog keeps the focus inside and
 * closes on Esc. It may be opened by an address, so the place of the focus afterwards is said and not remembered.
 */
export function Sheet(props: SheetProps) {
  const { title, lead, onClose, onSubmit, footer, children } = props;
  const titleId = useId();
  const dialog = useDialog(props);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby={titleId} onClose={onClose}>
      <form className="sheet-in" noValidate onSubmit={submit}>
        <header>
          <div>
            <h2 id={titleId} tabIndex={-1} data-first>
              {title}
            </h2>
            {lead !== undefined && <p className="note dim">{lead}</p>}
          </div>
          <button type="button" className="icon-btn" aria-label="Close" title="Close" onClick={onClose}>
            <Icon name="cross" />
          </button>
        </header>
        <div className="sheet-body">{children}</div>
        <footer>{footer}</footer>
      </form>
    </dialog>
  );
}

function useDialog({ onClose, returnTo, isDirty = false }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const newest = useRef({ onClose, returnTo, isDirty });
  useLayoutEffect(() => {
    newest.current = { onClose, returnTo, isDirty };
  });
  useEffect(() => {
    const open = dialog.current;
    if (open === null) return;
    if (!open.open) open.showModal();
    open.querySelector<HTMLElement>('[data-first]')?.focus();
    // A press on what lies behind the dialog reaches the dialog itself.
    const pressBeside = (event: MouseEvent) => {
      if (event.target === open && !newest.current.isDirty) newest.current.onClose();
    };
    open.addEventListener('click', pressBeside);
    return () => {
      open.removeEventListener('click', pressBeside);
      newest.current.returnTo()?.focus();
    };
  }, []);
  return dialog;
}
