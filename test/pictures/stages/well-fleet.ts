import { countingService } from '../../../lab/index.ts';
import { type House, openHouse } from '../../house/house.ts';
import type { Stage } from '../scene.ts';

const SERVERS: Record<string, string[]> = {
  'media-01': ['jellyfin', 'sonarr', 'radarr'],
  'nas-01': ['samba', 'restic'],
};

/** A busy machine keeps an agent silent for seconds; none of these is taken for gone. */
export const PATIENT = { HOMELABCMD_STALE_AFTER_MS: '60000', HOMELABCMD_OFFLINE_AFTER_MS: '120000' };

/** Units of these names that run, are expected and may be restarted. */
export const running = (names: string[]) => ({
  units: Object.fromEntries(names.map((name) => [`${name}.service`, countingService(name)])),
  enable: names.map((name) => `${name}.service`),
  allow: names.map((name) => `${name}.service`),
  expect: names,
});

async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse(PATIENT));
  for (const [name, services] of Object.entries(SERVERS)) await house.addServer(name, running(services));
  stack.move();
  return house;
}

/** Two servers on which everything runs. */
export const wellFleet: Stage = {
  name: 'well fleet',
  open,
  scenes: [
    { name: 'fleet-well', show: ({ page }) => page('/') },
    { name: 'alerts-none', isMinor: true, show: ({ page }) => page('/alerts') },
    { name: 'server-well', show: ({ page }) => page('/servers/media-01') },
    {
      name: 'server-service-menu',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/servers/media-01');
        await opened.getByRole('button', { name: 'More for jellyfin' }).click();
        await opened.getByRole('menu').waitFor();
        return opened;
      },
    },
    {
      name: 'keys-help',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/');
        await opened.keyboard.press('?');
        await opened.getByRole('dialog').waitFor();
        return opened;
      },
    },
    {
      name: 'fleet-loading',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/', (fresh) => fresh.route('**/api/v1/servers?*', () => {}));
        await opened.getByRole('status').first().waitFor();
        return opened;
      },
    },
    {
      name: 'fleet-error',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/', (fresh) => fresh.route('**/api/v1/servers?*', (r) => r.abort()));
        await opened.getByText('Could not load the fleet').waitFor();
        return opened;
      },
    },
    {
      name: 'hub-lost',
      isMinor: true,
      show: async ({ page, house }) => {
        const opened = await page('/servers/media-01');
        await house.hub.kill();
        await opened.getByText('Not connected to the hub').waitFor();
        return opened;
      },
      putBack: (house) => house.hub.start(),
    },
  ],
};
