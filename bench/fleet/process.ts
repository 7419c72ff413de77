import { startFleet } from '@homelabcmd/testkit';

/**
 * A fleet in a process of its own: a real hub with real agents, on a systemd in memory. It says where it is by a message to
 * its parent, and takes `stir` (services fail and start at a rate) and `calm`.
 */

const SERVERS = 200;
const SERVICES = 20;
const TICK_MS = 20;
const MOST_DOWN = 100;
const TOGETHER = 5;

export interface FleetReady {
  readonly url: string;
  readonly apiKey: string;
  readonly servers: number;
  readonly services: number;
}
export type FleetOrder =
  | { readonly kind: 'stir'; readonly changesPerSecond: number }
  | { readonly kind: 'calm' };

const serverIds = Array.from({ length: SERVERS }, (_, n) => `server-${String(n + 1).padStart(3, '0')}`);
const units = Array.from({ length: SERVICES }, (_, n) => `service-${String(n + 1).padStart(2, '0')}.service`);

async function main(): Promise<void> {
  const fleet = await startFleet(
    Object.fromEntries(
      serverIds.map((id) => [
        id,
        {
          services: units.map((unit) => ({ unit, description: `A service named ${unit}` })),
          allow: units,
          expect: units.map((unit) => unit.replace('.service', '')),
        },
      ]),
    ),
  );
  const systemds = [...fleet.servers.values()].map((server) => server.systemd);
  let next = 0;
  const at = (round: number, act: (systemd: (typeof systemds)[number], unit: string) => void) => {
    const systemd = systemds[round % SERVERS];
    const first = Math.floor(round / SERVERS) * TOGETHER;
    if (systemd === undefined || round < 0) return;
    for (let k = 0; k < TOGETHER; k += 1) act(systemd, units[(first + k) % SERVICES] ?? '');
  };
  /** Some services of one server fail together, as they do; those that failed `MOST_DOWN` services ago start. */
  const changeSome = () => {
    at(next, (systemd, unit) => systemd.kill(unit));
    at(next - MOST_DOWN / TOGETHER, (systemd, unit) => systemd.start(unit));
    next += 1;
  };
  let timer: NodeJS.Timeout | undefined;
  process.on('message', (order: FleetOrder) => {
    clearInterval(timer);
    if (order.kind === 'calm') return;
    const began = performance.now();
    let done = 0;
    timer = setInterval(() => {
      const due = ((performance.now() - began) / 1000) * order.changesPerSecond;
      for (; done < due; done += 2 * TOGETHER) changeSome();
    }, TICK_MS);
  });
  process.once('disconnect', () => process.exit(0));
  const ready: FleetReady = {
    url: fleet.hub.url,
    apiKey: fleet.apiKey,
    servers: SERVERS,
    services: SERVICES,
  };
  process.send?.(ready);
}

await main();
