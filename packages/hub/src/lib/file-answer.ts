import { plainJson } from '@homelabcmd/protocol';

/** What a handler answers where its route gives a file: text that is made while it is sent. */
export class FileAnswer {
  readonly contentType: string;
  /** Letters, digits, dots and hyphens. */
  readonly fileName: string;
  readonly chunks: AsyncIterable<string>;

  constructor(contentType: string, fileName: string, chunks: AsyncIterable<string>) {
    this.contentType = contentType;
    this.fileName = fileName;
    this.chunks = chunks;
  }
}

/** A column of a file: its name, and what stands in it for one thing. */
export type Column<T> = readonly [name: string, read: (thing: T) => string | number | null];

interface Export<T> {
  /** Of the file's name, before the day: `homelabcmd-actions`. */
  readonly name: string;
  readonly format: 'csv' | 'json';
  readonly columns: readonly Column<T>[];
}

/** Things of one sort as a file, made while it is sent: only one batch is in memory. JSON holds them whole. */
export function exportFile<T>(
  nowMs: number,
  { name, format, columns }: Export<T>,
  batches: AsyncIterable<readonly T[]>,
): FileAnswer {
  const fileName = `${name}-${new Date(nowMs).toISOString().slice(0, 10)}.${format}`;
  return format === 'csv'
    ? new FileAnswer('text/csv; charset=utf-8', fileName, csvOf(columns, batches))
    : new FileAnswer('application/json', fileName, jsonOf(batches));
}

async function* jsonOf(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let begin = '[\n';
  for await (const things of batches) {
    yield begin + things.map((thing) => plainJson(JSON.stringify(thing))).join(',\n');
    begin = ',\n';
  }
  yield begin === '[\n' ? '[]\n' : '\n]\n';
}

async function* csvOf<T>(
  columns: readonly Column<T>[],
  batches: AsyncIterable<readonly T[]>,
): AsyncGenerator<string> {
  yield lineOf(columns.map(([name]) => name));
  for await (const things of batches)
    yield things.map((thing) => lineOf(columns.map(([, read]) => cellOf(read(thing))))).join('');
}

const lineOf = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

/**
 * With one of these in front a spreadsheet takes a text for a formula; some take the wide forms too, and some pass over what shows
 * nothing before them.
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/u;

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
