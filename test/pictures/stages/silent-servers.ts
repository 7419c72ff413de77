import { api } from '@homelabcmd/protocol';
import { type House, openHouse, until } from '../../house/house.ts';
import type { Stage } from '../scene.ts';
import { running } from './well-fleet.ts';

const LONG = '3600000';

async function open(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const house = stack.use(
    await openHouse({
      HOMELABCMD_STALE_AFTER_MS: '4000',
      HOMELABCMD_OFFLINE_AFTER_MS: LONG,
      HOMELABCMD_PENDING_TTL_MS: '4000',
      HOMELABCMD_DISPATCHED_LEASE_MS: '2000',
    }),
  );
  const ask = (service_name: string) =>
    house.client.call(api.restartService, { params: { server_id: 'nas-01', service_name } });
  await house.client.call(api.createServer, { body: { server_id: 'garage-01' } });
  const nas = await house.addServer('nas-01', running(['samba', 'restic']));
  const forgotten = await ask('restic');
  // An agent that is stopped has an open connection: the order goes out, and nobody says what became of it.
  process.kill(await nas.mainPid('homelabcmd-agent.service'), 'SIGSTOP');
  const unanswered = await ask('samba');
  await house.client.call(api.approveAction, { params: { action_id: unanswered.action_id } });
  await house.untilAction(forgotten.action_id, 'expired');
  await house.untilAction(unanswered.action_id, 'unknown');
  await until('nas-01 stale', async () => {
    const { liveness } = await house.client.call(api.getServer, { params: { server_id: 'nas-01' } });
    return liveness === 'stale';
  });
  stack.move();
  return house;
}

/** A server that fell silent with an order on its way, and one that was never heard. */
export const silentServers: Stage = {
  name: 'silent servers',
  open,
  scenes: [
    { name: 'fleet-silent', isMinor: true, show: ({ page }) => page('/') },
    { name: 'server-stale', isMinor: true, show: ({ page }) => page('/servers/nas-01') },
    {
      name: 'server-never-seen',
      isMinor: true,
      show: async ({ page }) => {
        const opened = await page('/servers/garage-01');
        await opened.getByText('What should run here?').waitFor();
        return opened;
      },
    },
    { name: 'action-expired', isMinor: true, show: ({ page }) => page('/actions/1') },
    { name: 'action-unknown', isMinor: true, show: ({ page }) => page('/actions/2') },
  ],
};
