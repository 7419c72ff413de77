/** A counter of bytes of one thing, which only grows until it begins anew. */
export type Counters = ReadonlyMap<string, readonly number[]>;

/**
 * Bytes per second between two readings of counters, by thing. The hub is told rates: it need not know when a server
 * began to count anew. Nothing is said of what was not there before, or has begun anew: a gap, and not 0.
 */
export function ratesOf(before: Counters, after: Counters, elapsedMs: number): Map<string, number[]> {
  const rates = new Map<string, number[]>();
  if (elapsedMs <= 0) return rates;
  for (const [name, now] of after) {
    const then = before.get(name);
    if (then?.length !== now.length) continue;
    const differences = now.map((count, n) => count - (then[n] ?? 0));
    if (differences.some((difference) => !(difference >= 0))) continue;
    rates.set(
      name,
      differences.map((difference) => Math.round((difference * 1000) / elapsedMs)),
    );
  }
  return rates;
}

/** Reads counters again and again; the first time there are no rates. */
export function rateMeter(read: () => Counters, nowMs: () => number = () => performance.now()) {
  let before: { counters: Counters; atMs: number } | null = null;
  return (): Map<string, number[]> => {
    const now = { counters: read(), atMs: nowMs() };
    const rates =
      before === null ? new Map() : ratesOf(before.counters, now.counters, now.atMs - before.atMs);
    before = now;
    return rates;
  };
}
