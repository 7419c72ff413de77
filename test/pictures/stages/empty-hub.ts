import { openHouse } from '../../house/house.ts';
import type { Stage } from '../scene.ts';

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
      show: async ({ stranger }) => {
        const page = await stranger('/sign-in');
        await page.getByLabel('API key').fill('a key that this hub has never seen');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.locator('[role="alert"] .g').waitFor();
        return page;
      },
    },
    { name: 'fleet-empty', show: ({ page }) => page('/') },
    { name: 'actions-empty', show: ({ page }) => page('/actions') },
    { name: 'not-found', show: ({ page }) => page('/no/such/page') },
    { name: 'server-not-found', show: ({ page }) => page('/servers/no-such-server') },
    {
      name: 'crash',
      show: async ({ page }) => {
        // The code of a page that was not read yet does not arrive.
        const opened = await page('/', (fresh) =>
          fresh.route('**/assets/action-pages-*.js', (r) => r.abort()),
        );
        await opened.getByRole('link', { name: 'Actions' }).first().click();
        await opened.getByText('This page has stopped working').waitFor();
        return opened;
      },
    },
  ],
};
