import { startFleet } from '@homelabcmd/testkit';

/**
 * A fleet in a process of its own: a real hub with real agents, on a systemd in memory. It says where it is by a message to
 * its parent, and takes `stir` (services fail and start at a rate) and `calm`.
 */

const SERVERS = 200;
const SERVICES = 20;
const TICK_MS = 20;

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
  /** One change of one service: what runs is killed, what is down is started; never the same one soon again. */
  const changeOne = () => {
    const systemd = systemds[next % SERVERS];
    const unit = units[Math.floor(next / SERVERS) % SERVICES];
    next += 1;
    if (systemd === undefined || unit === undefined) return;
    if (systemd.unit(unit).activeState === 'active') systemd.kill(unit);
    else systemd.start(unit);
  };
  let timer: NodeJS.Timeout | undefined;
  process.on('message', (order: FleetOrder) => {
    clearInterval(timer);
    if (order.kind === 'calm') return;
    const began = performance.now();
    let done = 0;
    timer = setInterval(() => {
      const due = ((performance.now() - began) / 1000) * order.changesPerSecond;
      for (; done < due; done += 1) changeOne();
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
