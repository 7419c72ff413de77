import type { Action, QueryOf, api } from '@homelabcmd/protocol';
import { FileAnswer } from '../lib/file-answer.ts';
import type { Store } from '../store/schema.ts';
import { everyAction } from './queries.ts';

/** Every action under the filters as a file, made while it is sent. */
export function exportActions(
  db: Store,
  nowMs: number,
  query: QueryOf<typeof api.exportActions>,
): FileAnswer {
  const { format, ...filter } = query;
  const batches = everyAction(db, nowMs, filter);
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return format === 'csv'
    ? new FileAnswer('text/csv; charset=utf-8', `homelabcmd-actions-${day}.csv`, csvOf(batches))
    : new FileAnswer('application/json', `homelabcmd-actions-${day}.json`, jsonOf(batches));
}

type Batches = AsyncIterable<readonly Action[]>;

async function* jsonOf(batches: Batches): AsyncGenerator<string> {
  let begin = '[\n';
  for await (const actions of batches) {
    yield begin + actions.map((action) => JSON.stringify(action)).join(',\n');
    begin = ',\n';
  }
  yield begin === '[\n' ? '[]\n' : '\n]\n';
}

const COLUMNS: readonly [string, (action: Action) => string | number | null][] = [
  ['action_id', (a) => a.action_id],
  ['action_type', (a) => a.action_type],
  ['server_id', (a) => a.server_id],
  ['service_name', (a) => a.service_name],
  ['status', (a) => a.status],
  ['created_at', (a) => a.created_at],
  ['created_by', (a) => a.created_by],
  ['approved_at', (a) => a.approved_at],
  ['approved_by', (a) => a.approved_by],
  ['decided_by', (a) => a.decided_by],
  ['reason', (a) => a.reason],
  ['finished_at', (a) => a.finished_at],
  ['outcome_code', (a) => a.result?.code ?? null],
  ['outcome', (a) => a.result?.detail ?? null],
  ['exit_code', (a) => a.result?.exit_code ?? null],
  ['ran_ms', (a) => a.result?.ran_ms ?? null],
  ['order_id', (a) => a.order_id],
];

async function* csvOf(batches: Batches): AsyncGenerator<string> {
  yield lineOf(COLUMNS.map(([name]) => name));
  for await (const actions of batches)
    yield actions.map((action) => lineOf(COLUMNS.map(([, read]) => cellOf(read(action))))).join('');
}

const lineOf = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

/** With one of these in front a spreadsheet takes a text for a formula; some take the wide forms too. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * A cell by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it: names and
 * reasons come from people and servers.
 */
function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
