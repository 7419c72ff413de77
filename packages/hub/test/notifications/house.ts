import { randomBytes } from 'node:crypto';
import type { Alert, Channel, ChannelWish, Delivery, EventType } from '@homelabcmd/protocol';
import { ChannelWish as Wish } from '@homelabcmd/protocol';
import { Vault } from '../../src/access/people/vault.ts';
import { startFollower } from '../../src/events/follower.ts';
import type { EventLog } from '../../src/events/log.ts';
import { createLogger } from '../../src/lib/log.ts';
import { createChannel, type ManageParts } from '../../src/notifications/manage.ts';
import { type Notifications, notificationsOf } from '../../src/notifications/parts.ts';
import { listDeliveries } from '../../src/notifications/view.ts';
import { startTestStore, type TestStore } from '../store-fixture.ts';
import { tellOf } from './alert-fixture.ts';

const KEY = randomBytes(32);
const PUBLIC_URL = 'https://hub.example.org';

/** The notifications of a hub on a real store, whose clock the test holds. */
export class NotifyingHouse implements AsyncDisposable {
  readonly store: TestStore;
  parts: Notifications;
  #stack: AsyncDisposableStack;
  readonly #log: EventLog;
  readonly #hosts: readonly string[];

  private constructor(store: TestStore, log: EventLog, parts: Notifications, hosts: readonly string[]) {
    this.store = store;
    this.parts = parts;
    this.#log = log;
    this.#hosts = hosts;
    this.#stack = new AsyncDisposableStack();
  }

  /** @param through what the notifications have for a log: the store's own, or one with faults */
  static async open(
    hosts: readonly string[] = ['127.0.0.1'],
    through: (log: EventLog) => EventLog = (log) => log,
  ): Promise<NotifyingHouse> {
    const store = await startTestStore();
    await store.addServer('nas', { tags_json: '["attic"]' });
    const log = through(store.log);
    const house = new NotifyingHouse(store, log, await partsOf(store, log, hosts), hosts);
    await house.#run();
    return house;
  }

  async #run(): Promise<void> {
    const { outbox } = this.parts;
    this.#stack = new AsyncDisposableStack();
    this.#stack.use(this.parts);
    const follower = { name: 'n', after: await outbox.cursor(), takeAll: outbox.takeAll.bind(outbox) };
    this.#stack.use(startFollower(this.store.log, follower, createLogger('silent')));
    await this.parts.start();
  }

  /** As after a crash: nothing that was in memory is there, and what was under way is not written down. */
  async restart(): Promise<void> {
    await this.#stack.disposeAsync();
    this.parts = await partsOf(this.store, this.#log, this.#hosts);
    await this.#run();
  }

  stop(): Promise<void> {
    return this.#stack.disposeAsync();
  }

  get manage(): ManageParts {
    return this.parts.routes;
  }

  add(wish: Partial<ChannelWish> & Pick<ChannelWish, 'kind' | 'settings'>): Promise<Channel> {
    return createChannel(this.manage, 'kim', Wish.parse({ name: `the ${wish.kind}`, ...wish }));
  }

  webhook(url: string, change: Partial<ChannelWish> = {}): Promise<Channel> {
    return this.add({ kind: 'webhook', settings: { url }, ...change });
  }

  tell(type: Parameters<typeof tellOf>[1], alert: Alert): Promise<number> {
    return tellOf(this.store.log, type, alert);
  }

  /** Lets time pass, and the timers of the lanes ring. */
  async pass(ms: number): Promise<void> {
    this.store.clock.advance(ms);
    const rows = await this.store.db.selectFrom('channels').select('channel_id').execute();
    for (const { channel_id } of rows) this.parts.routes.wake(channel_id);
  }

  /** Oldest first. */
  async deliveries(): Promise<Delivery[]> {
    const { deliveries } = await listDeliveries(this.store.db, { limit: 500, offset: 0 });
    return deliveries.toReversed();
  }

  async states(): Promise<string[]> {
    return (await this.deliveries()).map(
      ({ alert_id, occasion, state }) => `${alert_id} ${occasion} ${state}`,
    );
  }

  async told(): Promise<{ type: EventType; data: Record<string, unknown> }[]> {
    const rows = await this.store.db
      .selectFrom('events')
      .select(['type', 'data_json'])
      .where('type', 'in', ['notification.delivered', 'notification.failed'])
      .orderBy('id')
      .execute();
    return rows.map(({ type, data_json }) => ({
      type: type as EventType,
      data: JSON.parse(data_json) as Record<string, unknown>,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await this.store[Symbol.asyncDispose]();
  }
}

const partsOf = (store: TestStore, log: EventLog, outgoingHosts: readonly string[]): Promise<Notifications> =>
  notificationsOf({
    ...{ db: store.db, log, clock: store.clock, logger: createLogger('silent') },
    ...{ safe: new Vault([KEY]), publicUrl: PUBLIC_URL, outgoingHosts },
  });
