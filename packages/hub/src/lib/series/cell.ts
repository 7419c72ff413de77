/**
 * What is kept of the readings of one step. All four are whole numbers, so that sums are exact in whatever order and however
 * often they are added up: that of an hour is the same out of its minutes as out of its readings.
 */
export interface Cell {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Larger ones count as this: the sum of an hour of them is still exact. */
const LARGEST = 1e12;

/** `weight`: for how many readings this one stands. */
export function cellOf(value: number, weight = 1): Cell {
  // Without a sign of its own for 0.
  const whole = Math.round(Math.min(LARGEST, Math.max(-LARGEST, value))) + 0;
  return { count: weight, sum: whole * weight, min: whole, max: whole };
}

export function merged(a: Cell | null | undefined, b: Cell | null | undefined): Cell | null {
  if (!a || !b) return a ?? b ?? null;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}
