/// <reference lib="dom" />
import type { Page } from 'playwright-core';

const ROUNDS = 50;

/** Milliseconds since 1970 with fractions, by this process. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/**
 * How far the page's clock is ahead of this process's: both count from the same machine's clock, but each fixed its
 * origin at another moment. The quickest of many exchanges bounds the error by half its time.
 */
export async function pageClockOffsetMs(page: Page): Promise<number> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = nowMs();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const after = nowMs();
    const roundTripMs = after - before;
    if (roundTripMs < best.roundTripMs) best = { roundTripMs, offsetMs: there - (before + after) / 2 };
  }
  return best.offsetMs;
}

/** Starts to note, in the page, when the row of a service first shows a status. Call before what should cause it. */
export async function watchRow(page: Page, serviceName: string, status: string): Promise<void> {
  await page.evaluate(
    ([name, wanted]) => {
      const store = globalThis as unknown as { seenAtMs: number | null };
      store.seenAtMs = null;
      const look = () => {
        const row = document.querySelector(`[data-service="${name}"]`);
        if (row?.getAttribute('data-status') !== wanted || store.seenAtMs !== null) return;
        store.seenAtMs = performance.timeOrigin + performance.now();
        observer.disconnect();
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, attributes: true });
      look();
    },
    [serviceName, status] as const,
  );
}

/** When the row showed it, by this process's clock. */
export async function rowSeenAtMs(page: Page, offsetMs: number): Promise<number> {
  const handle = await page.waitForFunction(
    () => (globalThis as unknown as { seenAtMs: number | null }).seenAtMs,
    undefined,
    { timeout: 30_000 },
  );
  return Number(await handle.jsonValue()) - offsetMs;
}
