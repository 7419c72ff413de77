import { appendFile } from 'node:fs/promises';
import { api } from '@homelabcmd/protocol';
import { type Fleet, startFleet } from '@homelabcmd/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { addPasskeyDevice, byName } from '../house/passkey-device.ts';

const UNITS = ['plex.service', 'sonarr.service'];
const FAILED = { exitCode: 1, lastWords: ['it broke'] };

let fleet: Fleet;
let browser: Browser;
beforeAll(async () => {
  const services = UNITS.map((unit) => ({ unit, failed: FAILED }));
  fleet = await startFleet(
    { nas: { services, allow: UNITS, expect: ['plex', 'sonarr'] } },
    { HOMELABCMD_SETTLE_MS: '0' },
  );
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await fleet?.[Symbol.asyncDispose]();
});

const at = (path: string): string => byName(`${fleet.hub.url}${path}`);

/** The first account, in a browser with a device whose person is looked at and says yes. */
async function begin(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await addPasskeyDevice(page);
  await page.goto(at(`/setup#${fleet.hub.setUpToken}`));
  await page.getByLabel('Name', { exact: true }).fill('anna');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /Signed in as anna/ }).waitFor();
  return page;
}

/** Makes a passkey, and does with its line what root does on a server. */
async function sealBy(page: Page): Promise<void> {
  await page.goto(at('/settings/account'));
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: /^For servers/ }).click();
  const command = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  const line = /^echo '([^']+)' \| sudo tee -a \/etc\/homelabcmd\/approvers$/.exec(command)?.[1] ?? '';
  await appendFile(fleet.servers.get('nas')?.approversFile ?? '', `${line}\n`, { mode: 0o644 });
  const sealed = async () =>
    (await fleet.client.call(api.getServer, { params: { server_id: 'nas' } })).facts?.sealed;
  await expect.poll(async () => (await sealed())?.keys.length).toBe(1);
}

const startsOf = (unit: string) => fleet.servers.get('nas')?.systemd.startsOf(unit).length;

test('from a passkey in the account to a restart that only it could approve', {
  timeout: 120_000,
}, async () => {
  const page = await begin();
  await sealBy(page);
  const params = { server_id: 'nas', service_name: 'plex' };
  const { action_id } = await fleet.client.call(api.restartService, { params });
  const action = () => fleet.client.call(api.getAction, { params: { action_id } });
  // A key that may do everything does not get it through.
  await expect(fleet.client.call(api.approveAction, { params: { action_id } })).rejects.toThrow(
    'seal_required',
  );

  await page.goto(at('/servers/nas'));
  await page.getByText(/only what one of these passkeys has signed: anna, Chrome on Linux/).waitFor();
  await page.goto(at(`/actions/${action_id}`));
  await page.getByText(/nas is sealed: one of these passkeys has to sign exactly this/).waitFor();
  const before = startsOf('plex.service') ?? 0;
  await page.locator('[data-testid="approve-button"]:not([aria-disabled="true"])').click();
  await expect.poll(async () => (await action()).status).toBe('completed');
  expect(startsOf('plex.service')).toBe(before + 1);
  expect((await action()).approval_seal).toMatchObject({ key_name: 'anna, Chrome on Linux' });
});
