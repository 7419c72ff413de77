import type { Seeded } from '../../report/seeded.ts';
import { NAMES_NEAR } from './lists.ts';

const CHARACTERS = [
  ...'abzAZ019:_.\\@-',
  ...[' ', '\t', '\r', '\0', '/', ';', '$', '`', '*', '?', '[', ']', '{', '}', '~', '#', '"', "'", '|', '&', '(', ')', '!'],
  ...['é', 'р', '\u0301', '\u202E', '\uFEFF', '😀', '\x7f', '\x1b', '\x80', '%', '=', '+', ','],
];
const SUFFIXES = ['.service', '.service', '.service', '.socket', '.timer', '.service.d', '.Service', '', '.service\0', '.service '];

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
  return Array.from({ length }, () => character(chance)).join('') + chance.pick(SUFFIXES as [string, ...string[]]);
}

function changed(chance: Seeded, text: string, times: number): string {
  let letters = [...text];
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

const VERBS = ['restart', 'restart', 'restart', 'reset-and-restart', 'fence', 'stop', 'Restart', '', 'restart\0', 'restart;reboot', '-'] as const;
const GAPS = [' ', ' ', ' ', ' ', ' ', ' ', '  ', '\t', '', ' \0', '\u00a0'] as const;
const ENDS = ['\n', '\n', '\n', '\n', '\n', '\n', '\n', '', '\r\n', ' \n', ' more\n', '\nrestart', '\n\n', '\0\n'] as const;

/** A request line for the root-owned script, as bytes: most are nearly right. */
export function oddLine(chance: Seeded, lastIds: readonly string[]): Buffer {
  const gap = () => chance.pick(GAPS);
  const verb = chance.next() < 0.93 ? chance.pick(VERBS) : changed(chance, 'restart', 2);
  const text = `${chance.next() < 0.03 ? gap() : ''}${verb}${gap()}${orderId(chance, lastIds)}${gap()}${oddName(chance)}${chance.pick(ENDS)}`;
  const bytes = Buffer.from(text, 'utf8');
  if (chance.next() < 0.04 && bytes.length > 0) bytes[chance.below(bytes.length)] = chance.below(256);
  return chance.next() < 0.01 ? bytes.subarray(0, chance.below(bytes.length + 1)) : bytes;
}

function orderId(chance: Seeded, lastIds: readonly string[]): string {
  const how = chance.next();
  const [last] = lastIds;
  if (how < 0.08 && last !== undefined) return chance.pick(lastIds as [string, ...string[]]);
  const hex = () => chance.below(16).toString(16);
  const id = [8, 4, 4, 4, 12].map((length) => Array.from({ length }, hex).join('')).join('-');
  if (how < 0.9) return id;
  return how < 0.92 ? chance.pick(['../../../../etc/homelabcmd/x/aaaaaaa', '.', '..', '*', '-'.repeat(36), 'a'.repeat(36)]) : changed(chance, id, 1);
}
