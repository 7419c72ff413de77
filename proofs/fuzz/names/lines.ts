import type { Seeded } from '../../report/seeded.ts';
import { NAMES_NEAR } from './lists.ts';

const CHARACTERS = [
  ...'abzAZ019:_.\\@-'.split(''),
  ...[
    ' ',
    '\t',
    '\r',
    '\0',
    '/',
    ';',
    '$',
    '`',
    '*',
    '?',
    '[',
    ']',
    '{',
    '}',
    '~',
    '#',
    '"',
    "'",
    '|',
    '&',
    '(',
    ')',
    '!',
  ],
  ...['é', 'р', '\u0301', '\u202E', '\uFEFF', '😀', '\x7f', '\x1b', '\x80', '%', '=', '+', ','],
];
const SUFFIXES = [
  '.service',
  '.service',
  '.service',
  '.socket',
  '.timer',
  '.service.d',
  '.Service',
  '',
  '.service\0',
  '.service ',
];

const near = (chance: Seeded): string => chance.pick(NAMES_NEAR as unknown as [string, ...string[]]);
const character = (chance: Seeded): string => chance.pick(CHARACTERS as [string, ...string[]]);

/** A name that somebody could ask a restart of: one that is listed, one that is nearly so, or anything. */
export function oddName(chance: Seeded): string {
  const how = chance.next();
  if (how < 0.12) return near(chance);
  if (how < 0.5) return changed(chance, near(chance), 1 + chance.below(3));
  if (how < 0.55) return near(chance) + near(chance);
  if (how < 0.58) return `${'n'.repeat(230 + chance.below(40))}.service`;
  if (how < 0.62) return near(chance).toUpperCase();
  const length = chance.below(12);
  return (
    Array.from({ length }, () => character(chance)).join('') + chance.pick(SUFFIXES as [string, ...string[]])
  );
}

function changed(chance: Seeded, text: string, times: number): string {
  let letters = Array.from(text);
  for (let n = 0; n < times; n += 1) {
    const at = chance.below(letters.length + 1);
    const how = chance.next();
    if (how < 0.4) letters = letters.toSpliced(at, 0, character(chance));
    else if (how < 0.7) letters = letters.toSpliced(at, 1);
    else if (how < 0.9) letters = letters.toSpliced(at, 1, character(chance));
    else letters = letters.slice(0, at);
  }
  return letters.join('');
}

const VERBS = ['restart', 'restart', 'reset-and-restart', 'fence'] as const;
const ODD_VERBS = ['stop', 'Restart', '', 'restart\0', 'restart;reboot', '-', 'restar', 'fence '] as const;
const ODD_GAPS = ['  ', '\t', '', ' \0', '\u00a0', '\n'] as const;
const ODD_ENDS = ['', '\r\n', ' \n', ' more\n', '\nrestart', '\n\n', '\0\n', ' \0 \n'] as const;

/** A request line for the root-owned script, as bytes: most are nearly right, and half of them in all but the name. */
export function oddLine(chance: Seeded, lastIds: readonly string[]): Buffer {
  const isOdd = chance.next() < 0.5;
  const one = <T>(usual: readonly [T, ...T[]], odd: readonly [T, ...T[]]): T =>
    chance.pick(isOdd && chance.next() < 0.25 ? odd : usual);
  const name = chance.next() < 0.4 ? near(chance) : oddName(chance);
  const text = [
    ...[isOdd && chance.next() < 0.05 ? '  ' : '', one(VERBS, ODD_VERBS), one([' '], ODD_GAPS)],
    ...[orderId(chance, lastIds, isOdd), one([' '], ODD_GAPS), name, one(['\n'], ODD_ENDS)],
  ];
  const bytes = Buffer.from(text.join(''), 'utf8');
  if (isOdd && chance.next() < 0.1 && bytes.length > 0) bytes[chance.below(bytes.length)] = chance.below(256);
  return isOdd && chance.next() < 0.03 ? bytes.subarray(0, chance.below(bytes.length + 1)) : bytes;
}

function orderId(chance: Seeded, lastIds: readonly string[], isOdd: boolean): string {
  const how = chance.next();
  const [last] = lastIds;
  if (how < 0.08 && last !== undefined) return chance.pick(lastIds as [string, ...string[]]);
  const hex = () => chance.below(16).toString(16);
  const id = [8, 4, 4, 4, 12].map((length) => Array.from({ length }, hex).join('')).join('-');
  if (!isOdd || how < 0.85) return id;
  return how < 0.9
    ? chance.pick(['../../../../etc/homelabcmd/x/aaaaaaa', '.', '..', '*', '-'.repeat(36), 'a'.repeat(36)])
    : changed(chance, id, 1);
}
