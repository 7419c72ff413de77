import { Icon } from '../../../ui/glyphs/icon.tsx';

interface ExportLinksProps {
  /** What is exported, for readers of text: `148`. */
  readonly what: string;
  readonly title: string;
  readonly addressOf: (format: 'csv' | 'json') => string;
}

/** All that the filters find, as a file. */
export function ExportLinks({ what, title, addressOf }: ExportLinksProps) {
  return (
    <p className="export" title={title}>
      <Icon name="download" />
      <span>Export</span>
      <a className="link" href={addressOf('csv')} download aria-label={`Export ${what} as CSV`}>
        CSV
      </a>
      <a className="link" href={addressOf('json')} download aria-label={`Export ${what} as JSON`}>
        JSON
      </a>
    </p>
  );
}
