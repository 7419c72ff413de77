import dbus, { type Message } from 'dbus-native';
import type { LabServer } from '../lab/index.ts';
import { nowMs } from './page-clock.ts';

const SYSTEMD = 'org.freedesktop.systemd1';

/** A plain listener on a server's bus: what the fastest possible watcher would see. */
export interface BusWitness extends AsyncDisposable {
  /** When the bus next says that this unit has failed, by this process's clock. */
  nextFailureMs(unit: string): Promise<number>;
}

/** Listens on the system bus of a lab server from this machine. */
export async function watchBus(server: LabServer): Promise<BusWitness> {
  const bus = dbus.createClient({ socket: server.path('/run/dbus/system_bus_socket') });
  const call = (message: Partial<Message>) => bus.invoke({ path: '/org/freedesktop/systemd1', ...message });
  await call({ destination: SYSTEMD, interface: `${SYSTEMD}.Manager`, member: 'Subscribe' });
  await bus.addMatch(`type='signal',sender='${SYSTEMD}',member='PropertiesChanged'`);
  let waiting: { path: string; seen: (atMs: number) => void } | null = null;
  bus.connection.on('message', (message) => {
    if (message.member !== 'PropertiesChanged' || message.path !== waiting?.path) return;
    const [, changed] = (message.body ?? []) as [string, Record<string, unknown>];
    if (changed['ActiveState'] !== 'failed') return;
    waiting?.seen(nowMs());
    waiting = null;
  });
  return {
    nextFailureMs: (unit) =>
      new Promise((seen) => {
        waiting = { path: `/org/freedesktop/systemd1/unit/${escaped(unit)}`, seen };
      }),
    [Symbol.asyncDispose]: async () => {
      bus.connection.end();
    },
  };
}

/** systemd's escaping of a unit's name in an object path: all but letters and digits as `_` and two hex digits. */
function escaped(unit: string): string {
  return unit.replaceAll(/[^A-Za-z0-9]/g, (char) => `_${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
