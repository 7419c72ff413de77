import type { Limits } from '../../services/rules/limits.ts';
import { Refused } from '../refused.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One order that ran here, or may have. */
export interface Run {
  readonly unit: string;
  /** By the wall clock, in milliseconds since 1970. */
  readonly atMs: number;
  /** The boot in which it ran, and how long the machine had been up then; `null` in an entry that does not say. */
  readonly bootId: string | null;
  readonly uptimeMs: number | null;
}

/** What time it is on this machine, in the two ways that there are. */
export interface Now {
  readonly wallMs: number;
  readonly bootId: string;
  readonly uptimeMs: number;
}

/**
 * How long ago each run was, never longer than it can have been. Within one boot the time that the machine is up counts,
 * which nobody can set. Of an earlier boot it is sure only that the run was before this one; the wall clock may say more,
 * but is not believed where it has gone backwards.
 */
export function agesOf(runs: readonly Run[], now: Now): { unit: string; ageMs: number }[] {
  let newestMs = 0;
  return runs.map(({ unit, atMs, bootId, uptimeMs }) => {
    const hasGoneBack = atMs < newestMs;
    newestMs = Math.max(newestMs, atMs);
    if (bootId === now.bootId && uptimeMs !== null)
      return { unit, ageMs: Math.max(0, now.uptimeMs - uptimeMs) };
    const byWallMs = hasGoneBack ? 0 : now.wallMs - atMs;
    return { unit, ageMs: Math.max(now.uptimeMs, byWallMs) };
  });
}

/**
 * Whether one more run of the unit stays within the limits of this server.
 * @throws Refused `rate_limited`
 */
export function assertWithinLimits(
  unit: string,
  isAutomatic: boolean,
  runs: readonly Run[],
  limits: Limits,
  now: Now,
): void {
  const ages = agesOf(runs, now);
  const count = (withinMs: number, isCounted: (run: { unit: string }) => boolean) =>
    ages.filter((run) => run.ageMs < withinMs && isCounted(run)).length;
  const ofUnit = (run: { unit: string }) => run.unit === unit;
  const refuse = (detail: string) => {
    throw new Refused('rate_limited', `${detail} The limits of this server allow no more; it did not run.`);
  };
  const lastHour = count(HOUR_MS, ofUnit);
  if (lastHour >= limits.all_per_hour) refuse(`${unit} was restarted ${lastHour} times within an hour.`);
  if (!isAutomatic) return;
  const spacingMs = limits.automatic_spacing_s * 1000;
  if (count(spacingMs, ofUnit) > 0)
    refuse(`${unit} was restarted less than ${limits.automatic_spacing_s} s ago.`);
  if (lastHour >= limits.automatic_per_hour)
    refuse(`${unit} was restarted ${lastHour} times within an hour, and nobody approved this one by hand.`);
  const lastDay = count(DAY_MS, ofUnit);
  if (lastDay >= limits.automatic_per_day)
    refuse(`${unit} was restarted ${lastDay} times within a day, and nobody approved this one by hand.`);
  const together = count(HOUR_MS, () => true);
  if (together >= limits.automatic_per_hour_together)
    refuse(`${together} restarts ran on this server within an hour, and nobody approved this one by hand.`);
}
