import type { Times } from '../../api/timeline/service-history.ts';
import { span } from '../../lib/time-words.ts';
import { NO_READING } from '../../lib/units.ts';
import { Cell, Head, Row, Table } from '../../ui/table.tsx';
import { shareWords } from './day-words.ts';

interface TimesTableProps {
  readonly label: string;
  /** What a row is: `Month`. */
  readonly word: string;
  /** Oldest first. */
  readonly rows: readonly (Times & { readonly name: string })[];
}

const COLUMNS = [
  { word: 'Availability', className: 'num' },
  { word: 'Ran', className: 'num table-col' },
  { word: 'Down', className: 'num' },
  { word: 'Not known', className: 'num table-col' },
] as const;

const lasted = (ms: number): string => (ms === 0 ? NO_READING : span(ms));

/** For how long it was how in each day or month, newest first. */
export function TimesTable({ label, word, rows }: TimesTableProps) {
  return (
    <Table label={label}>
      <Head className="times-cols" columns={[{ word }, ...COLUMNS]} />
      <tbody role="rowgroup">
        {rows.toReversed().map(({ name, running_ms, down_ms, unknown_ms, availability }) => (
          <Row key={name} className="times-cols">
            <Cell>{name}</Cell>
            <Cell className="num reading">{shareWords(availability)}</Cell>
            <Cell className="num dim table-col">{lasted(running_ms)}</Cell>
            <Cell className={`num ${down_ms > 0 ? 'bad' : 'dim'}`}>{lasted(down_ms)}</Cell>
            <Cell className="num dim table-col">{lasted(unknown_ms)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
