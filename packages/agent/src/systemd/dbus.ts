import dbus from 'dbus-native';
import type { Message, MessageBus } from 'dbus-native';
import { messageOf } from '../log.ts';
import { PendingCalls } from '../pending-calls.ts';
import type { ListedUnit, SystemdEvents, SystemdPort, SystemdSession, UnitState } from './port.ts';
import { absentUnit } from './port.ts';
import { fromKindProperties, fromUnitProperties, kindOfUnit } from './properties.ts';
import { tellSignal } from './signals.ts';
import type { UnitCatalogue } from './unit-catalogue.ts';
import { pathOfUnit } from './unit-path.ts';

const SYSTEMD = 'org.freedesktop.systemd1';
const MANAGER_PATH = '/org/freedesktop/systemd1';
const CALL_TIMEOUT_MS = 10_000;

const MATCHES = [
  ...['UnitNew', 'UnitRemoved', 'JobRemoved', 'Reloading'].map(
    (member) =>
      `type='signal',sender='${SYSTEMD}',path='${MANAGER_PATH}',interface='${SYSTEMD}.Manager',member='${member}'`,
  ),
  ...['Unit', 'Service', 'Timer', 'Socket'].map(
    (kind) =>
      `type='signal',sender='${SYSTEMD}',path_namespace='${MANAGER_PATH}/unit',` +
      `interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',arg0='${SYSTEMD}.${kind}'`,
  ),
  `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${SYSTEMD}'`,
];

/** The real systemd, over the system bus. */
export const systemdOverDbus = (busAddress: string): SystemdPort => ({
  connect: (events) => connect(busAddress, events),
});

const nobodyListens: SystemdEvents = {
  changed: () => undefined,
  loaded: () => undefined,
  unloaded: () => undefined,
  jobEnded: () => undefined,
  reloading: () => undefined,
  lost: () => undefined,
};

/** The same, for one who only looks something up. */
export const catalogueOverDbus = (busAddress: string): Promise<UnitCatalogue> =>
  connect(busAddress, nobodyListens);

async function connect(busAddress: string, events: SystemdEvents): Promise<DbusSession> {
  let session: DbusSession | undefined;
  try {
    session = new DbusSession(open(busAddress), events);
    await session.subscribe();
    return session;
  } catch (cause) {
    await session?.[Symbol.asyncDispose]();
    throw new Error(sentenceOf(cause), { cause });
  }
}

const open = (busAddress: string): MessageBus =>
  dbus.createClient({
    busAddress,
    authMethods: ['EXTERNAL'],
    returnBigInt: false,
    timeout: CALL_TIMEOUT_MS,
    fdTransport: false,
  });

function sentenceOf(cause: unknown): string {
  const words = messageOf(cause);
  if (/ENOENT|ECONNREFUSED|ENOTDIR/.test(words))
    return 'There is no system message bus (D-Bus) on this machine that the agent can reach, so it cannot see services.';
  if (/EACCES|EPERM/.test(words))
    return 'The agent is not allowed to use the system message bus (D-Bus), so it cannot see services.';
  return `systemd does not answer on the system message bus, so the agent cannot see services (${words.slice(0, 200)}).`;
}

/**
 *   connecting ──Subscribe──► live ──socket or name lost──► lost
 *       └───────────────dispose───────────┴────────────────► disposed
 * Only `live` tells events; `lost` is told once.
 */
class DbusSession implements SystemdSession, UnitCatalogue {
  #version = '';
  #live = false;
  #ended = false;
  #problem = '';
  readonly #bus: MessageBus;
  readonly #events: SystemdEvents;
  readonly #pending = new PendingCalls();

  constructor(bus: MessageBus, events: SystemdEvents) {
    this.#bus = bus;
    this.#events = events;
    bus.connection.on('error', (error) => this.#end(messageOf(error)));
    bus.connection.on('close', (cause) =>
      this.#end(cause?.message ?? 'the message bus closed the connection'),
    );
  }

  get version(): string {
    return this.#version;
  }

  /** Signals are asked for before anything is read, so that nothing falls between. */
  async subscribe(): Promise<void> {
    await Promise.all(MATCHES.map((rule) => this.#daemon('AddMatch', rule)));
    await this.#manager('Subscribe');
    const owner = await this.#daemon('GetNameOwner', SYSTEMD);
    this.#version = String(
      await this.#call(MANAGER_PATH, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [
        `${SYSTEMD}.Manager`,
        'Version',
      ]),
    );
    this.#live = true;
    this.#bus.connection.on('message', (message) => {
      if (message.type === dbus.messageType.signal && this.#live) this.#signal(message, owner);
    });
  }

  async list(): Promise<ListedUnit[]> {
    const rows = (await this.#manager('ListUnits')) as string[][];
    return rows.map(([id = '', , loadState = '', activeState = '', subState = '']) => ({
      id,
      loadState,
      activeState,
      subState,
    }));
  }

  async installed(): Promise<string[]> {
    const rows = (await this.#manager('ListUnitFiles')) as string[][];
    return rows
      .map(([path = '']) => path.slice(path.lastIndexOf('/') + 1))
      .filter((name) => name.endsWith('.service'));
  }

  /** Reading a unit's properties makes systemd load it, so this needs no `LoadUnit` and works for unloaded ones. */
  async read(unit: string): Promise<UnitState> {
    const path = pathOfUnit(unit);
    const properties = (kind: string) =>
      this.#call(path, 'org.freedesktop.DBus.Properties', 'GetAll', 's', [`${SYSTEMD}.${kind}`]) as Promise<
        Record<string, unknown>
      >;
    try {
      const kind = kindOfUnit(unit);
      const [ofKind, ofUnit] = await Promise.all([properties(kind), properties('Unit')]);
      return { ...absentUnit(unit), ...fromKindProperties(kind, ofKind), ...fromUnitProperties(ofUnit) };
    } catch (cause) {
      if (this.#ended) throw cause;
      return absentUnit(unit);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live = false;
    this.#ended = true;
    await this.#bus.close();
  }

  #signal(message: Message, owner: unknown): void {
    if (message.member === 'NameOwnerChanged' && message.sender === 'org.freedesktop.DBus')
      this.#end('systemd left the message bus');
    else if (message.sender === owner) tellSignal(message, this.#events);
  }

  #end(problem: string): void {
    if (this.#problem === '') this.#problem = problem;
    this.#pending.endWith(new Error(this.#problem));
    if (this.#ended) return;
    this.#ended = true;
    void this.#bus.close();
    if (!this.#live) return;
    this.#live = false;
    this.#events.lost(this.#problem);
  }

  #daemon(member: string, argument: string): Promise<unknown> {
    const call = this.#bus.invokeDbus({ member, signature: 's', body: [argument] });
    return this.#pending.answerOf(call);
  }

  #manager(member: string): Promise<unknown> {
    return this.#call(MANAGER_PATH, `${SYSTEMD}.Manager`, member, '', []);
  }

  #call(path: string, face: string, member: string, signature: string, body: unknown[]): Promise<unknown> {
    const call = this.#bus.invoke({
      destination: SYSTEMD,
      path,
      interface: face,
      member,
      ...(signature === '' ? {} : { signature, body }),
    });
    return this.#pending.answerOf(call);
  }
}
