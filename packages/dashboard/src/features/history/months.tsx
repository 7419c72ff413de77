import type { Availability } from '../../api/timeline/service-history.ts';
import { span } from '../../lib/time-words.ts';
import { NO_READING } from '../../lib/units.ts';
import { Cell, Head, Row, Table } from '../../ui/table.tsx';
import { monthWords, shareWords } from './day-words.ts';

const COLUMNS = [
  { word: 'Month' },
  { word: 'Availability', className: 'num' },
  { word: 'Ran', className: 'num table-col' },
  { word: 'Down', className: 'num' },
  { word: 'Not known', className: 'num table-col' },
] as const;

const lasted = (ms: number): string => (ms === 0 ? NO_READING : span(ms));

/** The same by month, newest first. */
export function Months({ months }: Pick<Availability, 'months'>) {
  return (
    <Table label="Availability by month">
      <Head className="month-cols" columns={COLUMNS} />
      <tbody role="rowgroup">
        {months.toReversed().map(({ month, running_ms, down_ms, unknown_ms, availability }) => (
          <Row key={month} className="month-cols">
            <Cell>{monthWords(month)}</Cell>
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
