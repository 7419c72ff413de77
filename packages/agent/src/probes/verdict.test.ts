import { expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { judged, justStarted, type Standing } from './verdict.ts';

const answers: Record<string, Answer> = {
  a: { kind: 'answer', detail: 'HTTP 200' },
  A: { kind: 'answer', detail: 'HTTP 204' },
  f: { kind: 'failure', detail: 'refused' },
  F: { kind: 'failure', detail: 'HTTP 503' },
  n: { kind: 'not_allowed', detail: 'not here' },
};

/** The reports after each answer, as `verdict: detail (second of its beginning)`. */
function told(text: string): string[] {
  let standing: Standing = justStarted(0);
  return text.split('').map((letter, n) => {
    const answer = answers[letter];
    if (answer !== undefined) standing = judged(standing, answer, 3, (n + 1) * 1000);
    const { verdict, detail, since } = standing.report;
    return `${verdict}: ${detail} (${since === null ? 'never' : Date.parse(since) / 1000})`;
  });
}
const WAITING = 'waiting: It has given no answer since it started.';

test.each([
  ['a', 'answering: HTTP 200 (1)'],
  ['f', `${WAITING} (0)`],
  ['ff', `${WAITING} (0)`],
  ['fff', 'not_answering: refused (3)'],
  ['ffa', 'answering: HTTP 200 (3)'],
  ['ffafff', 'not_answering: refused (6)'],
  ['aff', 'answering: HTTP 200 (1)'],
  ['affaff', 'answering: HTTP 200 (1)'],
  ['afff', 'not_answering: refused (4)'],
  ['afffffff', 'not_answering: refused (4)'],
  ['afffa', 'answering: HTTP 200 (5)'],
  ['n', 'not_allowed: not here (1)'],
  ['nn', 'not_allowed: not here (1)'],
  ['an', 'not_allowed: not here (2)'],
  ['na', 'answering: HTTP 200 (2)'],
  ['nf', `${WAITING} (2)`],
  ['nfff', 'not_answering: refused (4)'],
])('%s: %s', (text, last) => {
  expect(told(text).at(-1)).toBe(last);
});

test('a service whose good answers differ, or whose bad ones alternate, tells one thing', () => {
  expect(new Set(told('aAaAaA'))).toEqual(new Set(['answering: HTTP 200 (1)']));
  expect(new Set(told('fffFfFfFFfFF').slice(2))).toEqual(new Set(['not_answering: refused (3)']));
});

test('another reason that lasts is told, and the verdict is as old as it was', () => {
  expect(told('fffFF').at(-1)).toBe('not_answering: refused (3)');
  expect(told('fffFFF').at(-1)).toBe('not_answering: HTTP 503 (3)');
});
