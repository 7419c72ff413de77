import type { Passkey, Session } from '@homelabcmd/protocol';
import type { Page, Route } from 'playwright-core';
import type { Scene, Visit } from '../scene.ts';

const DAY_MS = 24 * 3_600_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
/** Where the pages of the pictures are. No browser makes a passkey for an address; how it looks is the same. */
const HOST = '127.0.0.1';

const aPasskey = (over: Partial<Passkey>): Passkey => ({
  ...{ passkey_id: 'psk_1', name: 'Chrome on Android', rp_id: HOST, is_synced: false },
  ...{ credential_id: 'q83vEjRWeJq83vEjRWeJ', approver_key: `ed25519:${'q83vEjRWeJ'.repeat(4)}q8A` },
  ...{ created_at: daysAgo(40), last_used_at: daysAgo(2) },
  ...over,
});

const PASSKEYS = [
  aPasskey({ name: 'Password manager', is_synced: true }),
  aPasskey({ passkey_id: 'psk_2', last_used_at: null }),
  aPasskey({ passkey_id: 'psk_3', name: 'Firefox on Linux', rp_id: 'old.example.org' }),
];

/** What the hub would answer by its name, to somebody who has passkeys. */
async function byName(page: Page): Promise<void> {
  await page.route('**/api/v1/session', async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const session = (await (await route.fetch()).json()) as Session;
    if (session.principal !== null) session.principal.proves_by.unshift('passkey');
    await route.fulfill({ json: { ...session, passkey_host: HOST } });
  });
  await page.route('**/api/v1/account/passkeys', (route) => route.fulfill({ json: { passkeys: PASSKEYS } }));
  await page.reload();
}

/** Passkeys where they can be used. @param as opens a page as somebody sees it who signed in by name */
export const passkeyScenes = (
  as: (visit: Visit, path: string) => Promise<Page>,
  wantsProof: (route: Route) => Promise<void>,
): readonly Scene[] => [
  {
    name: 'sign-in-passkey',
    isMinor: true,
    show: async ({ stranger }) => {
      const page = await stranger('/sign-in');
      await byName(page);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
      await page.getByLabel('Name', { exact: true }).fill('kim');
      return page;
    },
  },
  {
    name: 'settings-passkeys',
    isMinor: true,
    show: async (visit) => {
      const page = await as(visit, '/settings/account');
      await byName(page);
      await page.locator('[data-passkey="Firefox on Linux"]').waitFor();
      await page.locator('section .skel').first().waitFor({ state: 'detached' });
      return page;
    },
  },
  {
    name: 'settings-approver-line',
    isMinor: true,
    show: async (visit) => {
      const page = await as(visit, '/settings/account');
      await byName(page);
      await page.getByRole('button', { name: 'For servers: Password manager' }).click();
      await page.getByRole('dialog').locator('code').waitFor();
      return page;
    },
  },
  {
    name: 'proof-passkey',
    isMinor: true,
    show: async (visit) => {
      const page = await as(visit, '/settings/keys');
      await byName(page);
      await page.route('**/api/v1/keys', wantsProof);
      await page.getByLabel('Name of a new key').fill('backup');
      await page.getByRole('button', { name: 'Make the key' }).click();
      await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
      return page;
    },
  },
];
