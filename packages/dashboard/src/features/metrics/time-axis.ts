import { hourMinute } from '../../lib/time-words.ts';

const DAY_MS = 86_400_000;
const LOCALE = 'en-GB';
const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric' });
const DAY_TIME = new Intl.DateTimeFormat(LOCALE, {
  ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
});

/** A moment at the foot of a chart that shows so long a time. */
export function axisWords(atMs: number, spanMs: number): string {
  if (spanMs <= 1.1 * DAY_MS) return hourMinute(atMs);
  return spanMs <= 60 * DAY_MS ? DAY.format(atMs) : MONTH.format(atMs);
}

/** A moment as a point of a chart says it. */
export const pointWords = (atMs: number, spanMs: number): string =>
  spanMs <= 1.1 * DAY_MS ? hourMinute(atMs) : DAY_TIME.format(atMs);

const UNITS = [
  ['d', DAY_MS],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `10 s`, `2 h`: the length of a step. */
export function stepWords(ms: number): string {
  const [unit, length] = UNITS.find(([, unitMs]) => ms >= unitMs) ?? UNITS[3];
  return `${Math.round(ms / length)} ${unit}`;
}
