import { readFileSync } from 'node:fs';
import type { Alert, EventData, EventType, Server, Service } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { AlertEngine } from '../../src/alerts/engine.ts';
import type { EventLog } from '../../src/events/log.ts';
import { StoreUnavailable } from '../../src/store/faults.ts';
import { FACTS } from '../agent-fixture.ts';
import { startTestStore, type TestStore } from '../store-fixture.ts';
import { serverAs, serviceAs } from './world.ts';

interface Step {
  /** Seconds since it began. */
  readonly at: number;
  readonly server?: string;
  readonly liveness?: Server['liveness'];
  /** The machine has booted, and this is the number of its boot. */
  readonly boot?: number;
  readonly service?: string;
  readonly is?: 'running' | 'stopped' | 'failed';
  readonly hub?: 'ends' | 'begins';
}
interface Storm {
  readonly about: string;
  readonly servers: readonly string[];
  readonly steps: readonly Step[];
  /** All that people are told, in order: the second, what it is, and of what. */
  readonly expected: readonly string[];
}

const stormOf = (name: string): Storm =>
  JSON.parse(readFileSync(new URL(`../storms/${name}.json`, import.meta.url), 'utf8')) as Storm;

/** How the store behaves: at which of its commits it is gone, and whether what it was given was done. */
type Trouble = (commit: number) => 'well' | 'refused' | 'done, and not said';

/** The real evaluation on the real store, and a clock that the storm moves. */
class Replay {
  readonly store: TestStore;
  readonly #log: EventLog;
  #engine: AlertEngine | null = null;
  #isDown = false;
  readonly #servers = new Map<string, Server>();
  readonly #startMs: number;

  constructor(store: TestStore, trouble: Trouble) {
    this.store = store;
    this.#startMs = store.clock.nowMs();
    this.#log = troubled(store.log, trouble);
  }

  async run(storm: Storm): Promise<string[]> {
    for (const serverId of storm.servers) {
      await this.store.addServer(serverId);
      this.#servers.set(serverId, serverAs(serverId, { facts: { ...FACTS, boot_id: '1' } }));
    }
    await this.#open();
    // Their agents come.
    for (const [serverId, server] of this.#servers)
      await this.#append('server.changed', serverId, { server });
    await this.#take();
    for (const step of storm.steps) await this.#step(step);
    await this.#engine?.[Symbol.asyncDispose]();
    return this.#heard();
  }

  async #open(): Promise<void> {
    const { db, clock } = this.store;
    const present = async () => ({ servers: [...this.#servers.values()], services: [] });
    const logger = pino({ level: 'silent' });
    const keptMs = 86_400_000;
    this.#engine = await again(async () => {
      const engine = await AlertEngine.open({ db, log: this.#log, clock, logger, keptMs, present });
      // One that could not begin begins when it is asked; then it is too late for what comes first here.
      await engine.look().catch(async (error: unknown) => {
        await engine[Symbol.asyncDispose]();
        throw error;
      });
      return engine;
    });
  }

  async #step(step: Step): Promise<void> {
    const toMs = this.#startMs + step.at * 1000;
    // The hub has a timer for what is due; here every second is looked at.
    while (this.store.clock.nowMs() < toMs) {
      this.store.clock.advance(Math.min(1000, toMs - this.store.clock.nowMs()));
      if (!this.#isDown) await again(async () => this.#engine?.look());
    }
    if (step.hub === 'ends') {
      this.#isDown = true;
      return this.#engine?.[Symbol.asyncDispose]();
    }
    if (step.hub === 'begins') {
      await this.#open();
      this.#isDown = false;
      return;
    }
    const { server = '', service, is = 'running' } = step;
    const known = this.#servers.get(server);
    if (service !== undefined) {
      const state_class = is === 'running' ? 'running' : 'down';
      await this.#append('service.changed', server, {
        service: serviceAs(server, service, { status: is, state_class } satisfies Partial<Service>),
      });
    } else if (known !== undefined) {
      const facts = step.boot === undefined ? known.facts : { ...FACTS, boot_id: String(step.boot) };
      const next = { ...known, facts, liveness: step.liveness ?? known.liveness };
      this.#servers.set(server, next);
      await this.#append('server.changed', server, { server: next });
    }
    await this.#take();
  }

  #append<T extends EventType>(type: T, serverId: string, data: EventData<T>): Promise<unknown> {
    return this.store.within(({ append }) =>
      append({ type, serverId, actor: 'hub' } as Parameters<typeof append<T>>[0], async () => data),
    );
  }

  /** As the follower does: what failed is taken in once more. */
  async #take(): Promise<void> {
    const engine = this.#engine;
    if (engine === null) throw new Error('there is no hub');
    for (;;) {
      const events = await this.store.log.read(engine.cursor);
      if (events.length === 0) break;
      await again(() => engine.takeAll(events));
    }
    await again(() => engine.look());
  }

  async #heard(): Promise<string[]> {
    const rows = await this.store.db
      .selectFrom('events')
      .select(['at', 'type', 'data_json'])
      .where('type', 'like', 'alert.%')
      .orderBy('id')
      .execute();
    const told = new Set<number>();
    return rows.flatMap(({ at, type, data_json }) => {
      const { alert } = JSON.parse(data_json) as { alert?: Alert };
      if (alert === undefined || !TOLD.has(type)) return [];
      // Of the end of what they never heard of, people do not hear.
      if (type === 'alert.resolved' && (!told.has(alert.alert_id) || alert.silenced !== null)) return [];
      told.add(alert.alert_id);
      const second = Math.floor((Date.parse(at) - this.#startMs) / 1000);
      return [`${second} ${type.slice('alert.'.length)}: ${alert.title}`];
    });
  }
}

const TOLD = new Set(['alert.fired', 'alert.repeated', 'alert.escalated', 'alert.resolved']);

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}

function troubled(log: EventLog, trouble: Trouble): EventLog {
  let commits = 0;
  return {
    get head() {
      return log.head;
    },
    from: (origin) => log.from(origin),
    lookAgain: () => log.lookAgain(),
    read: (after) => log.read(after),
    follow: (after, signal) => log.follow(after, signal),
    batches: (after, signal) => log.batches(after, signal),
    async transaction(work) {
      commits += 1;
      const what = trouble(commits);
      if (what === 'refused') throw new StoreUnavailable('The store is gone.');
      const value = await log.transaction(work);
      if (what === 'well') return value;
      log.lookAgain();
      throw new StoreUnavailable('The store is gone, and nobody knows what it did.');
    },
  };
}

async function replay(storm: Storm, trouble: Trouble = () => 'well'): Promise<string[]> {
  await using store = await startTestStore();
  return await new Replay(store, trouble).run(storm);
}

const STORMS = ['server-off', 'power-cut', 'half-the-rack'];

test.each(STORMS)(
  'people are told of a storm what its expectation lists, and nothing else: %s',
  async (name) => {
    const storm = stormOf(name);
    expect(await replay(storm)).toEqual(storm.expected);
  },
);

test.each(STORMS)(
  'nothing is lost and nothing told twice when the store fails at every other commit: %s',
  { timeout: 60_000 },
  async (name) => {
    const storm = stormOf(name);
    const refused = await replay(storm, (commit) => (commit % 2 === 0 ? 'well' : 'refused'));
    expect(refused).toEqual(storm.expected);
    const unsaid = await replay(storm, (commit) => (commit % 2 === 0 ? 'well' : 'done, and not said'));
    expect(unsaid).toEqual(storm.expected);
  },
);
