const AT_MOST_MS = 2000;

/** Acts once the browser has nothing better to do. @returns takes it back, unless it has been done */
export function whenIdle(act: () => void): () => void {
  // Safari has no idle callbacks; a timer behind everything that is queued now is the nearest thing.
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(act, 0);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(act, { timeout: AT_MOST_MS });
  return () => cancelIdleCallback(handle);
}
