import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { startHubProcess } from '../../test/house/hub-process.ts';
import { residentMiB } from '../memory.ts';
import { distributionOf, type Finding } from '../statistics.ts';
import type { AgentsOrder } from './agents.ts';

const SERVERS = 50;
const SERVICES = 20;
/** The first reports of all of them, at once, are not what a hub does while it is idle. */
const QUIET_MS = 30_000;
const SAMPLES = 60;
const EVERY_MS = 5000;
const LIMIT_MIB = 140;

/** Resident memory of the built hub, while a fleet reports to it in which nothing happens, for five minutes; and how high it was when they all came. */
export async function benchReporting(): Promise<Finding[]> {
  await using hub = await startHubProcess({ HOMELABCMD_LOG_LEVEL: 'warn' });
  const client = new ApiClient(hub.url, hub.apiKey);
  const names = Array.from({ length: SERVICES }, (_, n) => `service-${String(n + 1).padStart(2, '0')}`);
  const servers: AgentsOrder['servers'][number][] = [];
  for (let n = 1; n <= SERVERS; n += 1) {
    const serverId = `server-${String(n).padStart(2, '0')}`;
    const { token } = await client.call(api.enrolServer, { params: { server_id: serverId } });
    const services = names.map((service_name) => ({ service_name }));
    await client.call(api.expectServices, { params: { server_id: serverId }, body: { services } });
    servers.push({ serverId, token });
  }
  const agents = fork(fileURLToPath(new URL('agents.ts', import.meta.url)), { stdio: 'inherit' });
  try {
    const order: AgentsOrder = { hubUrl: hub.url, servers, units: names.map((name) => `${name}.service`) };
    agents.send(order);
    await once(agents, 'message');
    await untilAllOnline(client);
    const burstMiB = await residentMiB(hub.pid);
    await pause(QUIET_MS);
    const memory: number[] = [];
    for (let n = 0; n < SAMPLES; n += 1) {
      memory.push(await residentMiB(hub.pid));
      await pause(EVERY_MS);
    }
    const { p50, max, n } = distributionOf(memory);
    return [
      {
        bar: 'D7',
        what: `hub, idle, ${SERVERS} servers × ${SERVICES} services reporting`,
        figure: `p50 ${p50.toFixed(1)} MiB, max ${max.toFixed(1)} MiB RSS, n ${n} (${burstMiB.toFixed(1)} when they had just come)`,
        limit: `≤ ${LIMIT_MIB} MiB`,
        isReached: max <= LIMIT_MIB,
      },
    ];
  } finally {
    const ended = once(agents, 'exit');
    agents.disconnect();
    await ended;
  }
}

async function untilAllOnline(client: ApiClient): Promise<void> {
  for (;;) {
    const { servers } = await client.call(api.listServers, { query: { limit: 500 } });
    if (servers.filter(({ liveness }) => liveness === 'online').length === SERVERS) return;
    await pause(200);
  }
}
