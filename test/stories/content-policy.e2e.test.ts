import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';

let hub: HubProcess;
let page: Page;
const refused: string[] = [];

beforeAll(async () => {
  hub = await startHubProcess();
  const client = new ApiClient(hub.url, hub.apiKey);
  await client.call(api.createServer, { body: { server_id: 'nas' } });
  await client.call(api.expectService, { params: { server_id: 'nas' }, body: { service_name: 'plex' } });
  const browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.exposeFunction('told', (what: string) => refused.push(what));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => {
      (window as unknown as { told(what: string): void }).told(
        `${effectiveDirective} ${blockedURI} ${sample}`,
      );
    });
  });
  page.on('pageerror', (error) => refused.push(error.message));
});
afterAll(async () => {
  await page?.context().browser()?.close();
  await hub?.[Symbol.asyncDispose]();
});

test('no page needs what the content security policy forbids: no inline script or style, no text as script', async () => {
  await page.goto(hub.url);
  await page.locator('input[name="api_key"]').fill(hub.apiKey);
  await page.keyboard.press('Enter');
  await page.locator('[data-server="nas"]').waitFor();

  // A notice.
  await page.goto(`${hub.url}/servers/nas`);
  const row = page.locator('[data-service="plex"]').first();
  await row.waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('r');
  await page.getByText('Restart action queued for approval').waitFor();
  // A menu, which keeps the page from scrolling, and the palette.
  await row
    .getByRole('button', { name: /more|menu/i })
    .first()
    .click();
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  for (const path of [
    '/actions',
    '/actions/1',
    '/settings',
    '/settings/keys',
    '/settings/policies',
    '/add-server',
  ]) {
    await page.goto(hub.url + path);
    await page.locator('h1').first().waitFor();
  }
  expect(refused).toEqual([]);
});

test('what is forbidden is refused', async () => {
  await page.goto(`${hub.url}/settings`);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    const image = document.createElement('div');
    const results: string[] = [];
    for (const put of [
      () => void (image.innerHTML = '<img src=x onerror="window.wasRun = true">'),
      () => void (script.text = 'window.wasRun = true'),
    ]) {
      try {
        put();
        results.push('done');
      } catch (error) {
        results.push((error as Error).name);
      }
    }
    const style = document.createElement('style');
    style.textContent = 'body { outline: 7px solid red }';
    document.head.append(style, script, image);
    return { results, outline: getComputedStyle(document.body).outlineWidth, wasRun: 'wasRun' in window };
  });
  expect(ran).toEqual({
    results: ['TypeError', 'TypeError'],
    outline: expect.not.stringMatching('7px'),
    wasRun: false,
  });
  // And it was told, so that what the other test has not heard of did not happen.
  await expect.poll(() => refused.length).toBeGreaterThan(0);
});
