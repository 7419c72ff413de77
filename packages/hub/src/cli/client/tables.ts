import { visible } from '@homelabcmd/protocol';

/** Rows as columns of one width each, for people. What a name hides is made visible before it is measured. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows].map((row) => row.map(visible));
  const widths = head.map((_, n) => Math.max(...lines.map((line) => line[n]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const STEPS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** How long ago, in the largest unit that fits: `3 min`. */
export function agoOf(at: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(at));
  const [size, unit] = STEPS.find(([step]) => ms >= step) ?? [1000, 's'];
  return `${Math.floor(ms / size)} ${unit}`;
}
