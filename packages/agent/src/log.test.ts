import { HIDDEN_CHARACTER, hostileTexts } from '@homelabcmd/testkit/hostile';
import { expect, test } from 'vitest';
import { jsonLines } from './log.ts';

test('whatever is logged is one line of JSON in which nothing is hidden, and is read back as it was', () => {
  const written: string[] = [];
  const log = jsonLines((text) => void written.push(text));
  for (const text of hostileTexts) log('warn', text, { text });
  const lines = written.join('').split(/[\n\r\u0085\u2028\u2029\v\f]/);
  expect(lines.pop()).toBe('');
  expect(lines).toHaveLength(hostileTexts.length);
  for (const [at, line] of lines.entries()) {
    expect(line).not.toMatch(HIDDEN_CHARACTER);
    expect(JSON.parse(line)).toMatchObject({ msg: hostileTexts[at], text: hostileTexts[at] });
  }
});
