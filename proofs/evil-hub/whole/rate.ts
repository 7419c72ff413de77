/** How many of these moments lie in the fullest window of this length. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** The limits of a server that concern starts, whoever asked for them. */
interface Guard {
  readonly all_per_hour: number;
  readonly automatic_spacing_s: number;
  readonly automatic_per_hour: number;
  readonly automatic_per_day: number;
}

const HOUR_MS = 3_600_000;
/** A start comes a little later than the moment that the guard has counted, and no two of them by the same time. */
const SLACK_MS = 1000;

/** By the starts' own times: the windows in which there were more of them than the server's guard allows. */
export function overGuard(
  name: string,
  times: readonly number[],
  guard: Guard,
  isAutomatic: boolean,
): string[] {
  const windows: [what: string, windowMs: number, most: number][] = isAutomatic
    ? [
        ['an hour', HOUR_MS, guard.automatic_per_hour],
        ['a day', 24 * HOUR_MS, guard.automatic_per_day],
        [`${guard.automatic_spacing_s} s`, guard.automatic_spacing_s * 1000 - SLACK_MS, 1],
      ]
    : [['an hour', HOUR_MS - SLACK_MS, guard.all_per_hour]];
  return windows.flatMap(([what, windowMs, most]) => {
    const found = mostWithin(times, windowMs);
    return found > most
      ? [`${name} was started ${found} times within ${what}, and ${most} is the most.`]
      : [];
  });
}
