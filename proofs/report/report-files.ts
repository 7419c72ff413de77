import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The same report twice: for people, and for programs. */
export interface Report {
  readonly markdown: string;
  readonly data: unknown;
}

/** Where the two files of a report are, by the name that was given for one of them, or for both. */
export function reportFiles(name: string): { markdown: string; json: string } {
  const stem = resolve(name.replace(/\.(md|json)$/, ''));
  return { markdown: `${stem}.md`, json: `${stem}.json` };
}

export function writeReport(name: string, { markdown, data }: Report): { markdown: string; json: string } {
  const files = reportFiles(name);
  mkdirSync(dirname(files.markdown), { recursive: true });
  writeFileSync(files.markdown, markdown.endsWith('\n') ? markdown : `${markdown}\n`);
  writeFileSync(files.json, `${JSON.stringify(data, null, 2)}\n`);
  return files;
}

type Cell = string | number;

/** A Markdown table; a bar within a cell does not end it. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
