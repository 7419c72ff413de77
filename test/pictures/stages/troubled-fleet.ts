import { api } from '@homelabcmd/protocol';
import { countingService } from '../../../lab/index.ts';
import { type House, openHouse, until } from '../../house/house.ts';
import { serviceRow } from '../../house/service-row.ts';
import type { Stage } from '../scene.ts';
import { running } from './well-fleet.ts';

const AN_HOUR_MS = 3_600_000;

async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  // A busy machine keeps an agent silent for seconds; none but the one that is stopped may be taken for gone.
  const house = stack.use(
    await openHouse({ HOMELABCMD_STALE_AFTER_MS: '30000', HOMELABCMD_OFFLINE_AFTER_MS: '35000' }),
  );
  const attic = await house.addServer('attic-01', { ...running(['mosquitto']), noMounts: true });
  // What it allows is said a moment after its first words.
  await until('attic-01 tells what it allows', async () => {
    const { facts } = await house.client.call(api.getServer, { params: { server_id: 'attic-01' } });
    return facts?.allows?.services.includes('mosquitto.service') === true;
  });
  await attic.exec(['systemctl', 'stop', 'homelabcmd-agent.service']);
  await addMedia(house);
  await addNas(house);
  await until(
    'attic-01 offline',
    async () => {
      const { liveness } = await house.client.call(api.getServer, { params: { server_id: 'attic-01' } });
      return liveness === 'offline';
    },
    60_000,
  );
  stack.move();
  return house;
}

/** One service failed, and the restart of another that failed waits for approval. */
async function addMedia(house: House): Promise<void> {
  const media = await house.addServer('media-01', running(['jellyfin', 'lidarr', 'sonarr']));
  for (const name of ['lidarr', 'sonarr']) {
    process.kill(await media.mainPid(`${name}.service`), 'SIGKILL');
    // In this order, which is the order of the pictures; and with all that the journal says of it.
    await house.untilService('media-01', name, ({ why }) => (why?.journal.length ?? 0) >= 3);
  }
  await house.client.call(api.restartService, { params: { server_id: 'media-01', service_name: 'lidarr' } });
}

/** One service crashes again and again, and one that failed may not be restarted, nor its lines be shown. */
async function addNas(house: House): Promise<void> {
  const looping = countingService('photoprism', {
    restart: 'always',
    restartDelayMs: AN_HOUR_MS,
    crashAfterMs: 100,
  });
  const { units, enable, expect } = running(['backup', 'samba']);
  const nas = await house.addServer('nas-01', {
    units: { ...units, 'photoprism.service': looping },
    enable: [...enable, 'photoprism.service'],
    allow: ['samba.service', 'photoprism.service'],
    expect: [...expect, 'photoprism'],
  });
  process.kill(await nas.mainPid('backup.service'), 'SIGKILL');
  await house.untilService('nas-01', 'backup', ({ why }) => why?.journal_withheld !== undefined);
  await house.untilService('nas-01', 'photoprism', ({ state_class }) => state_class === 'crash_loop');
}

/** Everything that can be wrong with services, and a server that is not there. */
export const troubledFleet: Stage = {
  name: 'troubled fleet',
  open,
  scenes: [
    {
      name: 'fleet-needs-you',
      show: async ({ page }) => {
        const opened = await page('/');
        await opened.locator('.ruler').waitFor();
        return opened;
      },
      inReadme: { file: 'fleet-dark.png', view: '1440-dark' },
    },
    {
      name: 'server-failed-and-pending',
      show: async ({ page }) => {
        const opened = await page('/servers/media-01');
        await serviceRow(opened, 'lidarr').approve.waitFor();
        return opened;
      },
      inReadme: { file: 'server.png', view: '1440-light' },
    },
    { name: 'server-crash-loop-and-not-allowed', isMinor: true, show: ({ page }) => page('/servers/nas-01') },
    {
      name: 'server-chart-as-table',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/servers/nas-01');
        await opened.getByRole('button', { name: 'Show as table of Memory' }).click();
        await opened.getByRole('table', { name: 'Memory', exact: true }).waitFor();
        return opened;
      },
    },
    {
      name: 'service-history',
      show: async ({ page }) => {
        const opened = await page('/servers/media-01/services/sonarr/history');
        await opened.getByRole('table', { name: 'Changes of sonarr' }).waitFor();
        await opened.getByRole('table', { name: 'Availability by month' }).waitFor();
        return opened;
      },
    },
    {
      name: 'timeline',
      show: async ({ page }) => {
        const opened = await page('/servers/media-01');
        await opened
          .locator('[data-service="sonarr"]')
          .getByRole('link', { name: 'Time line of this failure' })
          .click();
        await opened.locator('.moments [data-kind="service"]').last().waitFor();
        await opened.locator('.chart canvas').first().waitFor();
        return opened;
      },
    },
    { name: 'server-offline', isMinor: true, show: ({ page }) => page('/servers/attic-01') },
    { name: 'actions-waiting', isMinor: true, show: ({ page }) => page('/actions') },
  ],
};
