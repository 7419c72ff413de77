import { HIDDEN_CHARACTER, hostileTexts } from '@homelabcmd/testkit/hostile';
import { expect, test } from 'vitest';
import { exportFile } from './file-answer.ts';

async function fileOf(format: 'csv' | 'json', texts: readonly string[]): Promise<string> {
  const columns = [['first', (text: string) => text] as const, ['second', () => 'x'] as const];
  async function* batches() {
    yield texts;
  }
  let whole = '';
  for await (const chunk of exportFile(0, { name: 'x', format, columns }, batches()).chunks) whole += chunk;
  return whole;
}

/** Cells as RFC 4180 has them. */
function cellsOf(csv: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, text = '', end] of csv.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)) {
    lines.at(-1)?.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (end === '\r\n') lines.push([]);
  }
  return lines.slice(1, -1);
}

test('each hostile text is one cell of CSV, and none is a formula to any spreadsheet', async () => {
  const rows = cellsOf(await fileOf('csv', hostileTexts));
  expect(rows).toHaveLength(hostileTexts.length);
  for (const [at, row] of rows.entries()) {
    expect(row).toEqual([expect.any(String), 'x']);
    const [cell = ''] = row;
    expect([hostileTexts[at], `'${hostileTexts[at]}`]).toContain(cell);
    // As a spreadsheet reads it that drops what it does not show.
    expect(cell.replace(/^[\s\p{Cc}\p{Cf}]+/u, '')).not.toMatch(/^[=+\-@＝＋－＠]/);
    expect(cell).not.toMatch(/^[\t\r\n]/);
  }
});

test('a file of JSON holds each text as it was, with nothing hidden in it', async () => {
  const json = await fileOf('json', hostileTexts);
  expect((JSON.parse(json) as string[]).every((text, at) => text === hostileTexts[at])).toBe(true);
  expect(HIDDEN_CHARACTER.exec(json)).toBeNull();
});
