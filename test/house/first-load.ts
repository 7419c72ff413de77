import { gzipSync } from 'node:zlib';
import type { Page, Response } from 'playwright-core';

export interface FirstLoad {
  /** Script and style that the page asked for, each as gzip makes it. 1 kB is 1000 bytes. */
  readonly gzipBytes: number;
  readonly files: readonly string[];
}

/** Opens an address and waits for `isThere`; what was fetched after that is no part of the first load. */
export async function firstLoadOf(page: Page, url: string, isThere: string): Promise<FirstLoad> {
  const fetched = new Map<string, Promise<Buffer>>();
  const note = (response: Response) => {
    if (['script', 'stylesheet'].includes(response.request().resourceType()))
      fetched.set(response.url(), response.body());
  };
  // What the page fetches ahead when it is idle is no part of it; on a busy machine that can come before `isThere`.
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0;
  });
  page.on('response', note);
  await page.goto(url);
  await page.locator(isThere).first().waitFor();
  page.off('response', note);
  const bodies = await Promise.all(fetched.values());
  const gzipBytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  return { gzipBytes, files: [...fetched.keys()].map((address) => new URL(address).pathname) };
}
