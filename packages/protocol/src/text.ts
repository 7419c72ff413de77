import { z } from 'zod';

/** RFC 3339 in UTC with `Z` and milliseconds, the only form in which a time crosses a boundary. */
export const Timestamp = z.iso.datetime({ precision: 3 });

/** A server's id: a slug that is safe in a URL, a file name and a log line. */
export const ServerId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,99}$/,
    'Use 1 to 100 lower-case letters, digits and hyphens, starting with a letter or digit',
  );

const hasLoneSurrogate = (text: string) => !text.isWellFormed();

/**
 * What a person types to name a service: 1 to 255 characters of text, kept as it is. It need not be a name
 * that systemd could know; that is judged by `unitNameOf`.
 */
export const ServiceName = z
  .string()
  .min(1, 'A service name has at least one character')
  .max(255, 'A service name has at most 255 characters')
  .refine((text) => !text.includes('\0'), 'A service name cannot hold a NUL character')
  .refine((text) => !hasLoneSurrogate(text), 'A service name must be valid Unicode');

/** An order's id: a UUIDv7 made by the hub, the name by which hub, agent and systemd know one action. */
export const OrderId = z.uuid({ version: 'v7' }).lowercase();

/** A text from a server, capped: what a machine wrote is shown, never trusted. */
export const capped = (maxLength: number) => z.string().max(maxLength);

/** The name that somebody probably meant, or `null` when none is near: at most a third of its letters differ. */
export function nearest(given: string, known: readonly string[]): string | null {
  return allNear(given, known)[0] ?? null;
}

/** The names that somebody may have meant, the nearest first. */
export function allNear(given: string, known: readonly string[]): string[] {
  return known
    .map((name) => ({ name, distance: distanceOf(given, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
