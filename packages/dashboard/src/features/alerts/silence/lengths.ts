const HOUR_MS = 3_600_000;
const MORNING_HOUR = 8;

export const LENGTHS = [
  ['1h', '1 h'],
  ['8h', '8 h'],
  ['morning', 'Until tomorrow morning'],
  ['custom', 'Until …'],
] as const;

export type Length = (typeof LENGTHS)[number][0];

/** Eight o'clock of the next day, where the reader is. */
function tomorrowMorning(nowMs: number): number {
  const at = new Date(nowMs);
  at.setDate(at.getDate() + 1);
  at.setHours(MORNING_HOUR, 0, 0, 0);
  return at.getTime();
}

/** When a silence ends that begins now, or `null` where that is no time to come. `custom`: as a field for a date and time has it. */
export function untilOf(length: Length, custom: string, nowMs: number): string | null {
  const atMs = {
    '1h': nowMs + HOUR_MS,
    '8h': nowMs + 8 * HOUR_MS,
    morning: tomorrowMorning(nowMs),
    custom: Date.parse(custom),
  }[length];
  return Number.isNaN(atMs) || atMs <= nowMs ? null : new Date(atMs).toISOString();
}
