import { type Action, api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { type HubProcess, setUpLink, startHubProcess } from '../house/hub-process.ts';
import { addPasskeyDevice, byName } from '../house/passkey-device.ts';
import { WANTS_PROOF } from '../house/wants-proof.ts';

const PASSWORD = 'correct horse battery staple';

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

/** Makes the first account, and comes to its page of the settings. */
async function begin(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(byName(setUpLink(hub)));
  await addPasskeyDevice(page);
  await page.getByLabel('Name', { exact: true }).fill('anna');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Signed in as anna/ }).waitFor();
  return page;
}

test('a passkey is made, signs in, and proves for an approval', { timeout: 120_000 }, async () => {
  const page = await begin();
  await page.goto(byName(`${hub.url}/settings/account`));
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const row = page.getByRole('list', { name: 'Your passkeys' }).getByRole('listitem');
  await row.getByText('Never used').waitFor();
  await row.getByText('Chrome on Linux').waitFor();

  await page.getByRole('button', { name: /Signed in as anna/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: /Signed in as anna/ }).waitFor();
  await page.goto(byName(`${hub.url}/settings/account`));
  await row.getByText(/Last used/).waitFor();

  const client = new ApiClient(hub.url, hub.apiKey);
  await client.call(api.createServer, { body: { server_id: 'garage-01' } });
  const params = { server_id: 'garage-01', service_name: 'plex' };
  const { action_id } = (await client.call(api.restartService, { params })) as Action;
  const approving = `**/api/v1/actions/${action_id}/approve`;
  await page.goto(byName(`${hub.url}/actions/${action_id}`));
  await page.route(approving, (route) => route.fulfill(WANTS_PROOF), { times: 1 });
  await page.locator('[data-testid="approve-button"]:not([aria-disabled="true"])').click();
  await page.getByRole('dialog', { name: 'Prove that it is you' }).waitFor();
  // The focus is on what proves it.
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect
    .poll(async () => (await client.call(api.getAction, { params: { action_id } })).approved_by)
    .toBe('anna');
});

test('at an address the settings say why there are none, and the door does not speak of them', async () => {
  const context = await browser.newContext();
  await context.request.post(`${hub.url}/api/v1/session`, { data: { name: 'anna', password: PASSWORD } });
  const page = await context.newPage();
  await page.goto(`${hub.url}/settings/account`);
  await page.getByText(/Passkeys work on a host name, not on an address/).waitFor();
  await page.getByText('It is for localhost, and opens nothing here.').waitFor();
  expect(await page.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0);
  await context.clearCookies();
  await page.goto(`${hub.url}/sign-in`);
  await page.getByLabel('Name', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0);
});
