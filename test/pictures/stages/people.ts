import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import type { Page } from 'playwright-core';
import { type House, openHouse } from '../../house/house.ts';
import { setUpLink } from '../../house/hub-process.ts';
import { WANTS_PROOF } from '../../house/wants-proof.ts';
import type { Scene, Stage, Visit } from '../scene.ts';
import { passkeyScenes } from './passkey-scenes.ts';

const PASSWORD = 'correct horse battery staple';
const NOBODY = '';

/** A hub with four people: one who has just been invited, and one who may not come in. */
async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse());
  const stranger = new ApiClient(house.hub.url, NOBODY);
  const token = new URL(setUpLink(house.hub)).hash.slice(1);
  await stranger.call(api.setUp, { body: { token, name: 'kim', password: PASSWORD } });
  const add = (name: string, role: 'viewer' | 'operator' | 'approver') =>
    house.client.call(api.createUser, { body: { name, role } });
  const sam = await add('sam', 'viewer');
  await stranger.call(api.acceptInvitation, { body: { token: sam.token, password: PASSWORD } });
  const { sessions } = await house.client.call(api.listSessions, { query: { whose: 'all' } });
  for (const { session_id } of sessions) await house.client.call(api.endSession, { params: { session_id } });
  await add('alexandra.of.the-lab', 'approver');
  const lee = await add('lee', 'operator');
  await house.client.call(api.changeUser, {
    params: { user_id: lee.user.user_id },
    body: { is_disabled: true },
  });
  await house.client.call(api.createServer, { body: { server_id: 'garage-01' } });
  stack.move();
  return house;
}

/** A page as somebody sees it who signed in by name. */
async function as(visit: Visit, name: string, path: string): Promise<Page> {
  const page = await visit.person(name, PASSWORD, path);
  await page.locator('section .skel').first().waitFor({ state: 'detached' });
  return page;
}

async function menuOf(page: Page, name: string, line: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: line }).click();
  await page.locator('dialog[open]').waitFor();
}

const dialogScene = (name: string, line: string): Scene => ({
  name,
  isMinor: true,
  show: async (visit) => {
    const page = await as(visit, 'kim', '/settings/people');
    await menuOf(page, 'sam', line);
    return page;
  },
});

/** People, and the doors that they come in by. */
export const people: Stage = {
  name: 'people',
  open,
  scenes: [
    {
      name: 'sign-in-by-name',
      show: async ({ stranger }) => {
        const page = await stranger('/sign-in');
        await page.getByLabel('Name', { exact: true }).fill('kim');
        return page;
      },
    },
    {
      name: 'sign-in-wrong-password',
      isMinor: true,
      show: async ({ stranger }) => {
        const page = await stranger('/sign-in');
        await page.getByLabel('Name', { exact: true }).fill('kim');
        await page.getByLabel('Password', { exact: true }).fill('not this');
        await page.keyboard.press('Enter');
        await page.locator('[role="alert"] .g').waitFor();
        return page;
      },
    },
    {
      name: 'sign-in-code',
      isMinor: true,
      show: async ({ stranger }) => {
        const page = await stranger('/sign-in');
        const body = JSON.stringify({
          ...{ type: 'about:blank', title: 'A code is needed', status: 401 },
          ...{ code: 'totp_required', detail: 'Type the code that your authenticator shows.' },
        });
        await page.route('**/api/v1/session', (route) =>
          route.fulfill({ status: 401, contentType: 'application/problem+json', body }),
        );
        await page.getByLabel('Name', { exact: true }).fill('kim');
        await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await page.keyboard.press('Enter');
        await page.getByLabel('Code of your authenticator').waitFor();
        return page;
      },
    },
    {
      name: 'set-up-over',
      isMinor: true,
      show: async ({ stranger }) => {
        const page = await stranger('/setup');
        await page.getByRole('heading', { name: 'This hub is set up' }).waitFor();
        return page;
      },
    },
    {
      name: 'invitation',
      show: async ({ stranger }) => {
        const page = await stranger('/invitation#hlci_of_somebody&name=sam');
        await page.getByLabel('Password', { exact: true }).fill('a few wo');
        return page;
      },
    },
    { name: 'settings-people', show: (visit) => as(visit, 'kim', '/settings/people') },
    {
      name: 'settings-person-new',
      isMinor: true,
      show: async (visit) => {
        const page = await as(visit, 'kim', '/settings/people');
        await page.getByRole('button', { name: 'Add a person' }).click();
        await page.getByLabel('Name', { exact: true }).fill('max');
        return page;
      },
    },
    {
      name: 'settings-person-invited',
      isMinor: true,
      show: async (visit) => {
        const page = await as(visit, 'kim', '/settings/people');
        await page.getByRole('button', { name: 'Add a person' }).click();
        await page.getByLabel('Name', { exact: true }).fill('max');
        await page.getByRole('button', { name: 'Make the invitation' }).click();
        await page.getByText('max is invited').waitFor();
        await page.locator('[data-person="max"]').waitFor();
        return page;
      },
      putBack: async ({ client }) => {
        const { users } = await client.call(api.listUsers, { query: {} });
        const made = users.find(({ name }) => name === 'max');
        if (made !== undefined) await client.call(api.deleteUser, { params: { user_id: made.user_id } });
      },
    },
    dialogScene('settings-person-role', 'Change role…'),
    dialogScene('settings-person-invite-anew', 'Invite anew…'),
    dialogScene('settings-person-remove', 'Remove…'),
    { name: 'settings-account', show: (visit) => as(visit, 'kim', '/settings/account') },
    {
      name: 'settings-authenticator',
      isMinor: true,
      show: async (visit) => {
        const page = await as(visit, 'kim', '/settings/account');
        await page.getByRole('button', { name: 'Add an authenticator' }).click();
        await page.locator('.qr').waitFor();
        return page;
      },
    },
    {
      name: 'proof',
      isMinor: true,
      show: async (visit) => {
        const page = await as(visit, 'kim', '/settings/keys');
        await page.route('**/api/v1/keys', (route) => route.fulfill(WANTS_PROOF));
        await page.getByLabel('Name of a new key').fill('backup');
        await page.getByRole('button', { name: 'Make the key' }).click();
        await page.getByRole('heading', { name: 'Prove that it is you' }).waitFor();
        return page;
      },
    },
    ...passkeyScenes(
      (visit, path) => as(visit, 'kim', path),
      (route) => route.fulfill(WANTS_PROOF),
    ),
    { name: 'settings-viewer', isMinor: true, show: (visit) => as(visit, 'sam', '/settings/policies') },
    {
      name: 'server-viewer',
      isMinor: true,
      show: (visit) => as(visit, 'sam', '/servers/garage-01'),
    },
  ],
};
