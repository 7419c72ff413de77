import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.mjs';
import { firstLoadOf } from '../house/first-load.ts';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';

const BUDGET_BYTES = 170_000;

let hub: HubProcess;
let browser: Browser;
beforeAll(async () => {
  hub = await startHubProcess();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await hub?.[Symbol.asyncDispose]();
});

test('the first page is there with at most 170 kB of script and style', async () => {
  const context = await browser.newContext();
  await context.request.post(`${hub.url}/api/v1/session`, { data: { api_key: hub.apiKey } });
  const { gzipBytes, files } = await firstLoadOf(await context.newPage(), hub.url, 'h1');
  console.log(`first load: ${gzipBytes} bytes of gzip in ${files.length} files`);
  expect(files.some((file) => file.endsWith('.css'))).toBe(true);
  expect(files.some((file) => file.endsWith('.js'))).toBe(true);
  expect(gzipBytes).toBeLessThanOrEqual(BUDGET_BYTES);
});
