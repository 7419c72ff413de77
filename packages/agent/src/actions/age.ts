/**
 * Counts how long ago it was called, in milliseconds, by clocks that nobody can set. The one of timers stands still while
 * the machine sleeps; how long the machine has been up is known less exactly, but counts its sleep too.
 */
export function ageFrom(uptimeMs: () => number): () => number {
  const since = { monotonicMs: performance.now(), uptimeMs: uptimeMs() };
  return () => Math.max(performance.now() - since.monotonicMs, uptimeMs() - since.uptimeMs);
}
