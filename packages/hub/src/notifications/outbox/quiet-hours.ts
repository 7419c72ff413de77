import type { QuietHours } from '@homelabcmd/protocol';

const MINUTE_MS = 60_000;
/** A day has 25 hours where the clocks go back. */
const LONGEST_MINUTES = 25 * 60;

/**
 * When the quiet hours end in which a moment lies; `null` when it lies in none. The clock on the wall there counts, also on a
 * day when it is changed: so the minutes are asked one after the other.
 */
export function quietUntil({ hours }: QuietHours, nowMs: number): number | null {
  const { from, to, time_zone } = hours;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const isQuiet = (atMs: number): boolean => {
    const at = clock.format(atMs);
    return from < to ? from <= at && at < to : from <= at || at < to;
  };
  if (!isQuiet(nowMs)) return null;
  let endMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  for (let n = 0; n < LONGEST_MINUTES && isQuiet(endMs); n += 1) endMs += MINUTE_MS;
  return endMs;
}
