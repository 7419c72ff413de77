import { api } from '@homelabcmd/protocol';
import type { Page } from 'playwright-core';
import { type House, openHouse } from '../../house/house.ts';
import { serviceRow } from '../../house/service-row.ts';
import type { Scene, Stage } from '../scene.ts';
import { PATIENT, running } from './well-fleet.ts';

/** Nothing listens there on any machine. */
const CLOSED = 'http://127.0.0.1:9/health';
/** As many as the page suggests, so that none is of the machine that the lab runs on. */
const NOT_EXPECTED = ['bazarr', 'calibre', 'kavita', 'navidrome', 'readarr', 'tautulli'];

async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse(PATIENT));
  await addMedia(house);
  const { units, enable } = running(NOT_EXPECTED);
  await house.addServer('books-01', { units, enable });
  await house.addServer('attic-01', running(['mosquitto']));
  await house.client.call(api.setMaintenance, {
    params: { server_id: 'attic-01' },
    body: { on: true, reason: 'New disks' },
  });
  await house.addServer('watch-01', {
    ...running(['cups']),
    allow: [],
    etc: {
      'systemd/system/homelabcmd-agent.service.d/only-watches.conf':
        '[Service]\nEnvironment=HOMELABCMD_MONITOR_ONLY=on\n',
    },
  });
  stack.move();
  return house;
}

/** One service runs and does not answer; another was never there. */
async function addMedia({ addServer, client, untilService }: House): Promise<void> {
  await addServer('media-01', running(['jellyfin', 'sonarr']));
  const params = { server_id: 'media-01' };
  await client.call(api.changeServer, {
    params,
    body: { display_name: 'Living room', tags: ['media', 'transcode'] },
  });
  const probe = { kind: 'http', url: CLOSED, interval_ms: 1000, failures_before_down: 2 } as const;
  await client.call(api.changeService, {
    params: { ...params, service_name: 'jellyfin' },
    body: { display_name: 'Jellyfin', critical: true, probe },
  });
  await untilService('media-01', 'jellyfin', ({ probe_report }) => probe_report?.verdict === 'not_answering');
}

/** A choice in the menu of a server. */
const manageScene = (name: string, choice: string): Scene => ({
  name,
  isMinor: true,
  show: async ({ page }) => {
    const opened = await openMenu(await page('/servers/media-01'));
    await opened.getByRole('menuitem', { name: choice }).click();
    await opened.getByRole('dialog').waitFor();
    return opened;
  },
});

async function openMenu(page: Page): Promise<Page> {
  await page.getByRole('button', { name: /^Manage / }).click();
  await page.getByRole('menu').waitFor();
  return page;
}

const SERVERS: readonly Scene[] = [
  { name: 'server-in-maintenance', isMinor: true, show: ({ page }) => page('/servers/attic-01') },
  { name: 'server-only-watches', isMinor: true, show: ({ page }) => page('/servers/watch-01') },
  {
    name: 'server-manage-menu',
    isMinor: true,
    show: async ({ page }) => openMenu(await page('/servers/media-01')),
  },
  manageScene('server-edit', 'Name and tags…'),
  manageScene('server-begin-maintenance', 'Begin maintenance…'),
  manageScene('server-enrol-again', 'Enrol again…'),
  manageScene('server-new-key', 'New key…'),
  manageScene('server-remove', 'Remove server…'),
];

const SERVICES: readonly Scene[] = [
  {
    name: 'server-not-answering',
    show: async ({ page }) => {
      const opened = await page('/servers/media-01');
      const { row } = serviceRow(opened, 'jellyfin');
      await row.getByText('It runs, but it does not answer.').waitFor();
      return opened;
    },
  },
  {
    name: 'server-nothing-expected',
    isMinor: true,
    show: async ({ page }) => {
      const opened = await page('/servers/books-01');
      await opened.getByRole('checkbox', { name: 'bazarr' }).check();
      return opened;
    },
  },
  {
    name: 'services-add',
    isMinor: true,
    show: async ({ page }) => {
      const opened = await page('/servers/books-01/services/add');
      const sheet = opened.getByRole('dialog', { name: 'Add services' });
      await sheet.getByRole('checkbox', { name: 'kavita' }).check();
      return opened;
    },
  },
  {
    name: 'services-add-by-name',
    isMinor: true,
    show: async ({ page }) => {
      const opened = await page('/servers/books-01/services/add');
      await opened.getByLabel('Find, or type a name').fill('plexmediaserver');
      await opened.getByRole('button', { name: 'Expect plexmediaserver' }).waitFor();
      return opened;
    },
  },
  {
    name: 'service-edit',
    isMinor: true,
    show: async ({ page }) => {
      const opened = await page('/servers/media-01/services/jellyfin/edit');
      await opened.getByLabel('Address').waitFor();
      return opened;
    },
  },
];

const FLEET: readonly Scene[] = [
  { name: 'fleet-tended', show: ({ page }) => page('/') },
  { name: 'fleet-no-match', isMinor: true, show: ({ page }) => page('/?q=plex') },
  {
    name: 'palette',
    isMinor: true,
    show: async ({ page }) => {
      const opened = await page('/');
      await opened.keyboard.press('Control+k');
      await opened.getByRole('option').first().waitFor();
      return opened;
    },
  },
];

/** Servers that someone looks after: named, in maintenance, watched only, and one on which nothing is expected yet. */
export const tendedFleet: Stage = {
  name: 'tended fleet',
  open,
  scenes: [
    ...FLEET,
    ...SERVERS,
    ...SERVICES,
    { name: 'settings-servers', show: ({ page }) => page('/settings/servers') },
  ],
};
