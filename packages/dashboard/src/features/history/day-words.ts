import type { Availability, Times } from '../../api/timeline/service-history.ts';
import { span } from '../../lib/time-words.ts';

const DAY_MS = 86_400_000;
const LOCALE = 'en-GB';
// Days are counted in UTC, so they are named so.
const DAY = new Intl.DateTimeFormat(LOCALE, {
  ...{ weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' },
});
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: 'long', year: 'numeric', timeZone: 'UTC' });

export const dayWords = (day: string): string => DAY.format(Date.parse(day)).replace(',', '');
export const monthWords = (month: string): string => MONTH.format(Date.parse(`${month}-01`));

/** `99.95 %`. What is not all of it is never rounded to all of it. */
export function shareWords(share: number | null): string {
  if (share === null) return 'not known';
  if (share === 1) return '100 %';
  const percent = Math.floor(share * 10_000) / 100;
  return `${percent} %`;
}

/** For how long it was how, in words: `down for 5 min, not known for 2 h`. */
function timesWords({ running_ms, down_ms, unknown_ms, availability }: Times): string {
  if (running_ms + down_ms + unknown_ms === 0) return 'not counted';
  const parts = [
    ...(down_ms > 0 ? [`down for ${span(down_ms)}`] : []),
    ...(unknown_ms > 0 ? [`not known for ${span(unknown_ms)}`] : []),
  ];
  const share = availability === null ? [] : [`${shareWords(availability)} available`];
  return [...share, ...parts].join(', ');
}

/** How a day is drawn. */
export type DayLook = 'none' | 'unknown' | 'well' | 'short' | 'bad';

export interface DayBar {
  readonly day: string;
  readonly look: DayLook;
  readonly words: string;
}

const NOTHING: Times = { running_ms: 0, down_ms: 0, unknown_ms: 0, availability: null };
/** Below this a day is a bad one. */
const BAD_BELOW = 0.95;

function lookOf({ running_ms, down_ms, unknown_ms, availability }: Times): DayLook {
  if (running_ms + down_ms + unknown_ms === 0) return 'none';
  if (availability === null) return 'unknown';
  if (down_ms === 0) return 'well';
  return availability < BAD_BELOW ? 'bad' : 'short';
}

/** Every day from the first to the last, also those of which nothing is known. */
export function barsOf({ from, to, days }: Availability): readonly DayBar[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, n) => {
    const day = new Date(Date.parse(from) + n * DAY_MS).toISOString().slice(0, 10);
    const times = known.get(day) ?? NOTHING;
    return { day, look: lookOf(times), words: `${dayWords(day)}: ${timesWords(times)}` };
  });
}

/** All of it in one sentence. */
export function availabilitySentence({ days }: Availability): string {
  const sum = (of: (times: Times) => number) => days.reduce((all, one) => all + of(one), 0);
  const running = sum((one) => one.running_ms);
  const down = sum((one) => one.down_ms);
  if (running + down === 0) return 'Nothing has been counted yet.';
  const worst = days.filter(({ down_ms }) => down_ms > 0).length;
  const share = shareWords(running / (running + down));
  const downDays = worst === 1 ? 'on 1 day' : `on ${worst} days`;
  return down === 0
    ? `It ran all the time that it was observed.`
    : `It ran ${share} of the time that it was observed, and was down for ${span(down)} ${downDays}.`;
}
