import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api, type ChannelWish } from '@homelabcmd/protocol';
import { type House, openHouse, until } from '../../house/house.ts';
import type { Stage } from '../scene.ts';
import { PATIENT, running } from './well-fleet.ts';

/** Takes what comes to `/phone`, and knows nothing else. It ends with the process. */
async function receiverAt(): Promise<string> {
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(request.url === '/phone' ? 200 : 404).end());
  });
  receiver.listen(0, '127.0.0.1').unref();
  await once(receiver, 'listening');
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}

const EVERYTHING = { severities: [], kinds: [], server_ids: [], tags: [] };

const channel = (name: string, url: string, change: Partial<ChannelWish> = {}): ChannelWish => ({
  ...{ name, kind: 'webhook', enabled: true, settings: { url } },
  ...{ routing: EVERYTHING, quiet_hours: null, ...change },
});

/** A service fails: one channel has told of it, another was turned away, a third was not for it. */
async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(await openHouse({ ...PATIENT, HOMELABCMD_OUTGOING_HOSTS: '127.0.0.1' }));
  const server = await house.addServer('media-01', running(['jellyfin']));
  const at = await receiverAt();
  const hours = { from: '22:00', to: '07:00', time_zone: 'UTC' };
  const quiet_hours = { hours, critical_passes: true };
  const params = { server_id: 'media-01', service_name: 'jellyfin' };
  await house.client.call(api.changeService, { params, body: { critical: true } });
  for (const body of [
    channel('My phone', `${at}/phone`, { quiet_hours }),
    channel('The office', `${at}/moved-away`),
    channel('The cellar', `${at}/phone`, { routing: { ...EVERYTHING, tags: ['cellar'] } }),
  ])
    await house.client.call(api.createChannel, { body });
  process.kill(await server.mainPid('jellyfin.service'), 'SIGKILL');
  await until('both channels to be done', async () => {
    const { deliveries } = await house.client.call(api.listDeliveries, { query: { limit: 10 } });
    return deliveries.filter(({ state }) => state === 'delivered' || state === 'failed').length === 2;
  });
  stack.move();
  return house;
}

/** Channels that tell, and one that cannot. */
export const tellingHouse: Stage = {
  name: 'telling house',
  open,
  scenes: [
    {
      name: 'settings-notifications',
      show: async ({ page }) => {
        const opened = await page('/settings/notifications');
        await opened.getByRole('list', { name: 'Channels' }).waitFor();
        await opened.getByRole('list', { name: 'What was told lately' }).waitFor();
        return opened;
      },
    },
    {
      name: 'settings-channel',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/settings/notifications');
        await opened.getByRole('button', { name: 'Edit My phone' }).click();
        await opened.getByRole('dialog').waitFor();
        return opened;
      },
    },
  ],
};
