/** Waits that are a minute or longer are for evidence that somebody else may still bring. */
const LONG_MS = 60_000;

/**
 * The agent gives the evidence of an order a minute or more to come. After a loss of power nobody is left who could bring
 * it, so nothing is missed when such a wait takes no longer than this. Undone when it is disposed of.
 */
export function hurryTime(waitMs: number): Disposable {
  const real = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => real.call(AbortSignal, ms >= LONG_MS ? waitMs : ms);
  return {
    [Symbol.dispose]: () => {
      AbortSignal.timeout = real;
    },
  };
}
