import { api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { installAgent } from '../../../lab/index.ts';
import { openHouse } from '../../house/house.ts';
import { setUpLink } from '../../house/hub-process.ts';
import type { Scene, Stage, Visit } from '../scene.ts';

const NEW = 'media-01';

async function lineShown({ page }: Visit): Promise<Page> {
  const opened = await page('/add-server');
  await opened.getByLabel('Name').fill(NEW);
  await opened.getByRole('button', { name: 'Make the install line' }).click();
  await opened.getByText(`Waiting for the agent of ${NEW}`).waitFor();
  return opened;
}

/** The page as the agent that it waited for connects. */
async function serverIsHere(visit: Visit): Promise<Page> {
  const { hub, lab } = visit.house;
  const opened = await lineShown(visit);
  const line = await opened.locator('.cmd code').innerText();
  const token = /hlce_[\w-]+/.exec(line)?.[0] ?? '';
  await installAgent(await lab.boot(NEW), { hubUrl: hub.url.replace('http', 'ws'), token });
  await opened.getByText(`${NEW} is here`).waitFor();
  return opened;
}

const removeNew: Scene['putBack'] = async ({ client }) => {
  await client.call(api.deleteServer, { params: { server_id: NEW }, query: {} });
};

/** A hub on its first day. */
export const emptyHub: Stage = {
  name: 'empty hub',
  open: () => openHouse(),
  scenes: [
    {
      name: 'sign-in',
      show: async ({ stranger }) => {
        const page = await stranger('/');
        await page.getByLabel('API key').waitFor();
        return page;
      },
    },
    {
      name: 'sign-in-wrong-key',
      isMinor: true,
      show: async ({ stranger }) => {
        const page = await stranger('/sign-in');
        await page.getByLabel('API key').fill('a key that this hub has never seen');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.locator('[role="alert"] .g').waitFor();
        return page;
      },
    },
    {
      name: 'set-up',
      show: async ({ house, stranger }) => {
        const page = await stranger(setUpLink(house.hub).replace(house.hub.url, ''));
        await page.getByLabel('Name', { exact: true }).fill('kim');
        return page;
      },
    },
    {
      name: 'set-up-wrong-token',
      isMinor: true,
      show: async ({ stranger }) => {
        const page = await stranger('/setup#hlc1_of_another_day');
        await page.getByLabel('Name', { exact: true }).fill('kim');
        await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
        await page.getByRole('button', { name: 'Make the account' }).click();
        await page.locator('.form-error').waitFor();
        return page;
      },
    },
    { name: 'fleet-empty', show: ({ page }) => page('/') },
    {
      name: 'add-server',
      show: async ({ page }) => {
        const opened = await page('/add-server');
        await opened.getByLabel('Name').waitFor();
        return opened;
      },
    },
    { name: 'add-server-line', isMinor: true, show: lineShown, putBack: removeNew },
    { name: 'add-server-here', isMinor: true, show: serverIsHere, putBack: removeNew },
    { name: 'actions-empty', isMinor: true, show: ({ page }) => page('/actions') },
    { name: 'not-found', isMinor: true, show: ({ page }) => page('/no/such/page') },
    { name: 'server-not-found', isMinor: true, show: ({ page }) => page('/servers/no-such-server') },
    {
      name: 'part-not-loaded',
      isMinor: true,
      show: async ({ page }) => {
        // The code of a page that was not read yet does not arrive.
        const opened = await page('/', (fresh) =>
          fresh.route('**/assets/action-pages-*.js', (r) => r.abort()),
        );
        await opened.getByRole('link', { name: 'Actions' }).first().click();
        await opened.getByText('A part of this page could not be loaded').waitFor();
        return opened;
      },
    },
  ],
};
