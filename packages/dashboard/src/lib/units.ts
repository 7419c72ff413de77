const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const STEP = 1024;

/** What stands where a reading could not be taken, or is not current. */
export const NO_READING = '–';

function scale(bytes: number): { unit: (typeof BINARY)[number]; divisor: number } {
  let power = 0;
  let divisor = 1;
  while (bytes / divisor >= 1000 && power < BINARY.length - 1) {
    power += 1;
    divisor *= STEP;
  }
  return { unit: BINARY[power] ?? 'B', divisor };
}

function digits(value: number, unit: string): string {
  return unit === 'B' || unit === 'KiB' || value >= 100
    ? String(Math.round(value))
    : value.toFixed(value < 10 ? 1 : 0);
}

/** `412 MiB`, `3.1 GiB`. */
export function bytes(value: number | null): string {
  if (value === null) return NO_READING;
  const { unit, divisor } = scale(value);
  return `${digits(value / divisor, unit)} ${unit}`;
}

/** The second number of a pair in the unit of the first: for `7.7 GiB` of `16`. */
export function bytesInUnitOf(value: number, reference: number): string {
  const { unit, divisor } = scale(reference);
  return digits(value / divisor, unit);
}

/** `37 %`. */
export function percent(value: number | null): string {
  return value === null ? NO_READING : `${Math.round(value)} %`;
}

/** How full, in per cent, or `null` where it cannot be known. */
export function fullness(used: number | null, total: number | null): number | null {
  return used === null || total === null || total === 0 ? null : (used / total) * 100;
}

/** `1 service`, `3 services`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
