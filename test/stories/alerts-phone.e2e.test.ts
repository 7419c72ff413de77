import { type Action, api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { examineBoth } from '../house/examine-both.ts';
import { type HubProcess, setUpLink, startHubProcess } from '../house/hub-process.ts';
import { addPasskeyDevice, byName } from '../house/passkey-device.ts';
import { WANTS_PROOF } from '../house/wants-proof.ts';

const PASSWORD = 'correct horse battery staple';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let hub: HubProcess;
let impatient: HubProcess;
let browser: Browser;
beforeAll(async () => {
  [hub, impatient] = await Promise.all([
    startHubProcess(),
    startHubProcess({ HOMELABCMD_PENDING_TTL_MS: '1000' }),
  ]);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await hub?.[Symbol.asyncDispose]();
  await impatient?.[Symbol.asyncDispose]();
});

const clientOf = ({ url, apiKey }: HubProcess) => new ApiClient(url, apiKey);

/** Somebody has asked for a restart; its number is what a message's link names. */
async function ask(of: HubProcess): Promise<Action> {
  const client = clientOf(of);
  await client.call(api.createServer, { body: { server_id: 'garage-01' } }).catch(() => undefined);
  const params = { server_id: 'garage-01', service_name: 'plex' };
  return (await client.call(api.restartService, { params })) as Action;
}

async function signedIn(of: HubProcess): Promise<Page> {
  const context = await browser.newContext(PHONE);
  await context.request.post(`${of.url}/api/v1/session`, { data: { api_key: of.apiKey } });
  return context.newPage();
}

test('from a message’s link on a phone: to the door, back to the action, and approved by a passkey’s proof; opening it changes nothing', {
  timeout: 120_000,
}, async () => {
  const page = await (await browser.newContext(PHONE)).newPage();
  await page.goto(byName(setUpLink(hub)));
  await addPasskeyDevice(page);
  await page.getByLabel('Name', { exact: true }).fill('anna');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Signed in as anna/ }).waitFor();
  await page.goto(byName(`${hub.url}/settings/account`));
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('list', { name: 'Your passkeys' }).getByText('Never used').waitFor();
  await page.context().clearCookies();

  const asked = await ask(hub);
  const { action_id } = asked;
  const now = () => clientOf(hub).call(api.getAction, { params: { action_id } });
  await page.goto(byName(`${hub.url}/actions/${action_id}`));
  await page.waitForURL(/\/sign-in/);
  expect(await examineBoth(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(`**/actions/${action_id}`);
  await page.locator('[data-action-status="pending"]').waitFor();
  const { version, steps, status } = await now();
  expect({ version, steps, status }).toEqual({
    version: asked.version,
    steps: asked.steps,
    status: 'pending',
  });
  expect(await examineBoth(page)).toEqual([]);

  await page.route(`**/api/v1/actions/${action_id}/approve`, (route) => route.fulfill(WANTS_PROOF), {
    times: 1,
  });
  await page.locator('[data-testid="approve-button"]:not([aria-disabled="true"])').click();
  await page.getByRole('dialog', { name: 'Prove that it is you' }).waitFor();
  expect(await examineBoth(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(async () => (await now()).approved_by).toBe('anna');
});

test('an action that has expired says so and what to do, and offers no decision', async () => {
  const { action_id } = await ask(impatient);
  const page = await signedIn(impatient);
  await page.goto(`${impatient.url}/actions/${action_id}`);
  await page.locator('[data-action-status="expired"]').waitFor();
  await page.getByText('It ran out of time. Nothing ran.').waitFor();
  await page.getByText(/Ask again on the page of garage-01 if it still needs a restart/).waitFor();
  expect(await page.getByTestId('approve-button').count()).toBe(0);
  expect(await examineBoth(page)).toEqual([]);
});

test.each([
  '/actions/999999',
  '/actions/1%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '/actions/1e9',
  '/alerts/999999',
  '/alerts/-1',
  '/alerts/%22%3E%3Cimg%20src%3Dx%3E',
])('a link that was tampered with (%s) leads to a clear page, and nothing is changed', async (path) => {
  const client = clientOf(hub);
  const page = await signedIn(hub);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const last = async () => (await client.call(api.listAudit, { query: { limit: 1 } })).entries[0]?.verb;
  await page.goto(hub.url + path);
  await page.getByRole('heading', { level: 1, name: /does not exist\./ }).waitFor();
  await page.getByRole('link', { name: 'Go to the fleet' }).waitFor();
  expect(dialogs).toEqual([]);
  expect(await last()).toMatch(/^session\./);
  expect(await examineBoth(page)).toEqual([]);
});
