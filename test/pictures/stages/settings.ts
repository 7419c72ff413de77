import { api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { type House, openHouse } from '../../house/house.ts';
import type { Scene, Stage } from '../scene.ts';

const MONTH_MS = 30 * 86_400_000;

async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse());
  await house.client.call(api.createKey, { body: { name: 'backup-script' } });
  await house.client.call(api.createServer, { body: { server_id: 'garage-01' } });
  await house.client.call(api.putPolicy, {
    params: { policy_name: 'both-of-us' },
    body: { mode: 'two_person' },
  });
  const nightly = { server_id: 'garage-01', mode: 'auto', shadow: true, remediate: true } as const;
  await house.client.call(api.putPolicy, {
    params: { policy_name: 'nightly' },
    body: {
      ...nightly,
      expires_at: new Date(Date.now() + MONTH_MS).toISOString(),
      hours: { from: '22:00', to: '06:00', time_zone: 'UTC' },
    },
  });
  stack.move();
  return house;
}

const sectionScene = (section: string, rest: Partial<Scene>): Scene => ({
  name: `settings-${section}`,
  show: async ({ page }) => {
    const opened = await page(`/settings/${section}`);
    await untilLoaded(opened);
    return opened;
  },
  ...rest,
});

const untilLoaded = (page: Page): Promise<void> =>
  page.locator('section .skel').first().waitFor({ state: 'detached' });

/** What is set up once. */
export const settings: Stage = {
  name: 'settings',
  open,
  scenes: [
    sectionScene('hub', {}),
    sectionScene('kept', {}),
    sectionScene('keys', { isMinor: true }),
    sectionScene('policies', {}),
    sectionScene('freeze', { isMinor: true }),
    sectionScene('enrolment', { isMinor: true }),
    sectionScene('browser', { isMinor: true }),
    {
      name: 'settings-key-made',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/settings/keys');
        await untilLoaded(opened);
        await opened.getByLabel('Name of a new key').fill('kim');
        await opened.getByRole('button', { name: 'Make the key' }).click();
        await opened.getByText('The key kim is made').waitFor();
        await opened.locator('[data-key="kim"]').waitFor();
        return opened;
      },
      putBack: async ({ client }) => {
        const { keys } = await client.call(api.listKeys, { query: {} });
        const made = keys.find(({ name }) => name === 'kim');
        if (made !== undefined) await client.call(api.revokeKey, { params: { key_id: made.key_id } });
      },
    },
  ],
};
