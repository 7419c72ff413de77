import { startFleet } from '@homelabcmd/testkit';

/**
 * A fleet in a process of its own: a real hub with real agents, on a systemd in memory. It says where it is by a message to
 * its parent, and takes `stir` (services fail and start at a rate) and `calm`.
 */

const SERVERS = 200;
const SERVICES = 20;
const TICK_MS = 20;
const MOST_DOWN = 100;

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
  const at = (index: number, act: (systemd: (typeof systemds)[number], unit: string) => void) => {
    const systemd = systemds[index % SERVERS];
    const unit = units[Math.floor(index / SERVERS) % SERVICES];
    if (systemd !== undefined && unit !== undefined && index >= 0) act(systemd, unit);
  };
  /** Two changes, each of another server: one service fails, and the one that failed `MOST_DOWN` failures ago starts. */
  const changeTwo = () => {
    at(next, (systemd, unit) => systemd.kill(unit));
    at(next - MOST_DOWN, (systemd, unit) => systemd.start(unit));
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
      for (; done < due; done += 2) changeTwo();
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
