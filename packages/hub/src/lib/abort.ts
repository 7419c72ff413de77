/**
 * Waits for `work`, but no longer than until the signal. Of each wait nothing stays on the signal, which may live as
 * long as the hub: a race of promises would keep every wait for ever.
 * @throws what `work` throws, unless the signal was first
 */
export function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(stop, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
