import type { AlertKind, MetricSample, Server, Service } from '@homelabcmd/protocol';
import { isCursorDue, openCursor, writeCursor } from '../events/cursor.ts';
import type { EventLog, LogTransaction, StoredEvent } from '../events/log.ts';
import { type Clock, timestamp } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { nextDue } from './core/due.ts';
import { advance, takeFact, takeReadings, takeSample } from './core/evaluate.ts';
import { type Fact, factOf } from './core/facts.ts';
import { awaitServers } from './core/fleet/fleet.ts';
import { Draft, type Memory } from './core/memory.ts';
import { settle } from './core/settle.ts';
import { ruleOf } from './rules/registry.ts';
import type { Reading } from './rules/rule.ts';
import { forgetOld, readMemory, writeDraft } from './store.ts';

const FOLLOWER = 'alerts';
const RETRY_MS = 1000;
/** A clock that is set ahead is noticed within this time. */
const LONGEST_WAIT_MS = 60_000;

export interface AlertParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For how long an alert is kept that is over. */
  readonly keptMs: number;
  /** All servers, and all services, as they are told of: what a hub starts from that has never watched before. */
  readonly present: (db: Store) => Promise<{ servers: readonly Server[]; services: readonly Service[] }>;
}

/**
 * Watches: a durable follower of the log, and of the clock. All that it knows is what it has committed; what it tells, what it
 * then knows and how far it is in the log are one commit. One thing is evaluated at a time, also what people do.
 */
export class AlertEngine implements AsyncDisposable {
  readonly #parts: AlertParts;
  #memory: Memory;
  /** The newest of each reading that is beyond its limit. */
  readonly #readings = new Map<string, number>();
  /** The newest of each server that has yet to be judged: while the store is away they do not pile up. */
  readonly #samples = new Map<string, MetricSample>();
  /** The newest event that was taken in. */
  #cursor: number;
  /** Up to when time has passed. */
  #nowMs: number;
  /** Whether the last commit may have been done though nobody has heard so: then the store knows. */
  #isUnsure = false;
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;
  /** Whether what was before the start has been taken in. */
  #hasBegun = false;

  private constructor(parts: AlertParts, memory: Memory, cursor: number) {
    this.#parts = parts;
    this.#memory = memory;
    this.#cursor = cursor;
    this.#nowMs = nowOf(memory);
  }

  /** Goes on where it was: or, where it never was, with what is there now. Call it before anybody judges who is offline. */
  static async open(parts: AlertParts): Promise<AlertEngine> {
    const engine = new AlertEngine(parts, await readMemory(parts.db), await openCursor(parts.db, FOLLOWER));
    // A store that cannot be written keeps no hub from starting: it goes on when it can be.
    await engine.look().catch((error: unknown) => engine.#tryAgain(error));
    return engine;
  }

  /** The newest event that was taken in. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Follows the log. */
  takeAll(given: readonly StoredEvent[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ready();
      await this.#take(given);
      this.#arm();
    });
  }

  /** What is to be done before all else: after an unsure commit, and at the start. */
  async #ready(): Promise<void> {
    await this.#lookAgain();
    if (this.#hasBegun) return;
    const { db, log, clock } = this.#parts;
    const isNew = this.#memory.fleet.size === 0;
    // What happens while it is read is taken in once more.
    if (isNew) this.#cursor = log.head;
    const present = isNew ? await this.#parts.present(db) : null;
    // What was not taken in before the end of the last hub, at its own time.
    for (let events = await log.read(this.#cursor); events.length > 0; events = await log.read(this.#cursor))
      await this.#take(events);
    const draft = new Draft(this.#memory, this.#readings);
    const nowMs = Math.max(this.#nowMs, clock.nowMs());
    if (present !== null) for (const fact of factsOf(present, nowMs)) takeFact(draft, fact, nowMs);
    awaitServers(draft, nowMs);
    if (this.#nowMs > 0) advance(draft, this.#nowMs, nowMs);
    settle(draft, nowMs);
    await this.#commit(draft, null, nowMs);
    this.#hasBegun = true;
  }

  async #take(given: readonly StoredEvent[]): Promise<void> {
    const events = given.filter(({ id }) => id > this.#cursor);
    const last = events.at(-1);
    if (last === undefined) return;
    const draft = new Draft(this.#memory, this.#readings);
    let nowMs = this.#nowMs;
    for (const event of events) {
      const fact = factOf(event);
      if (fact === null) continue;
      const atMs = Math.max(nowMs, fact.atMs);
      advance(draft, nowMs, atMs);
      nowMs = atMs;
      takeFact(draft, fact, nowMs);
    }
    if (draft.isEmpty && !events.some(({ id }) => isCursorDue(id))) this.#cursor = last.id;
    else await this.#commit(draft, last.id, nowMs);
    this.#nowMs = nowMs;
  }

  /** Takes in what is due by now. */
  look(): Promise<void> {
    return this.#run(() => undefined);
  }

  /** What was read of a server. It is taken in when the evaluation gets to it, and lost with the hub. */
  sample(serverId: string, sample: MetricSample): void {
    const isAwaited = this.#samples.has(serverId);
    this.#samples.set(serverId, sample);
    if (isAwaited) return;
    let isTaken = false;
    const taken = this.#run((draft, nowMs) => {
      const newest = this.#samples.get(serverId);
      this.#samples.delete(serverId);
      isTaken = true;
      if (newest !== undefined) takeSample(draft, serverId, newest, nowMs);
    });
    taken.catch((error: unknown) => {
      if (!isTaken) this.#samples.delete(serverId);
      this.#parts.logger.error({ err: error }, 'a reading could not be judged; the next one is');
    });
  }

  /** What is known of a server by another way than a sample. */
  readings(kind: AlertKind, serverId: string, readings: readonly Reading[]): Promise<void> {
    return this.#run((draft, nowMs) => takeReadings(draft, ruleOf(kind), serverId, readings, nowMs));
  }

  /** What a person does: `work` changes the draft, or refuses; what it says is told and audited in the same commit. */
  act<T>(
    from: { readonly actor: string; readonly address: string },
    work: (draft: Draft, nowMs: number) => { value: T; audit?: Parameters<LogTransaction['audit']>[0] },
  ): Promise<T> {
    return this.#inTurn(async () => {
      await this.#ready();
      const { draft, nowMs } = this.#begin();
      const { value, audit } = work(draft, nowMs);
      settle(draft, nowMs);
      if (!draft.isEmpty || audit !== undefined)
        await this.#commit(draft, null, nowMs, this.#parts.log.from(from), audit);
      this.#arm();
      return value;
    });
  }

  /** What is known now, to look at. */
  get known(): Draft {
    return new Draft(this.#memory, this.#readings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#queue;
  }

  #begin(): { draft: Draft; nowMs: number } {
    const draft = new Draft(this.#memory, this.#readings);
    // Nothing is due before what the log has in store is taken in: until then no time passes.
    const isBehind = this.#parts.log.head > this.#cursor;
    const nowMs = isBehind ? this.#nowMs : Math.max(this.#nowMs, this.#parts.clock.nowMs());
    advance(draft, this.#nowMs, nowMs);
    return { draft, nowMs };
  }

  #run(work: (draft: Draft, nowMs: number) => void): Promise<void> {
    return this.#inTurn(async () => {
      await this.#ready();
      const { draft, nowMs } = this.#begin();
      work(draft, nowMs);
      if (!draft.isEmpty) settle(draft, nowMs);
      if (!draft.isEmpty) await this.#commit(draft, null, nowMs);
      this.#nowMs = nowMs;
      this.#arm();
    });
  }

  async #commit(
    draft: Draft,
    eventId: number | null,
    nowMs: number,
    log = this.#parts.log,
    audit?: Parameters<LogTransaction['audit']>[0],
  ): Promise<void> {
    const upTo = eventId ?? this.#cursor;
    draft.setFleet({ nowMs });
    this.#isUnsure = true;
    await log.transaction(async (open) => {
      await writeDraft(open, draft);
      if (audit !== undefined) await open.audit(audit);
      await forgetOld(open.tx, nowMs - this.#parts.keptMs);
      await writeCursor(open.tx, FOLLOWER, upTo);
    });
    this.#isUnsure = false;
    // After the commit: what is in memory never says more than the store.
    draft.keep();
    this.#cursor = upTo;
    this.#nowMs = nowMs;
  }

  /** Nothing is told twice: after a commit that may have been done, what stands in the store is read again. */
  async #lookAgain(): Promise<void> {
    if (!this.#isUnsure) return;
    const memory = await readMemory(this.#parts.db);
    // Events that changed nothing are taken in, though the store does not say so.
    this.#cursor = Math.max(this.#cursor, await openCursor(this.#parts.db, FOLLOWER));
    this.#memory = memory;
    this.#nowMs = nowOf(memory);
    this.#isUnsure = false;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** What is due next by the clock alone. What the log has in store for us is taken in first. */
  #arm(): void {
    const dueMs = nextDue(this.known, this.#nowMs);
    if (dueMs === Infinity) return clearTimeout(this.#timer);
    this.#wakeIn(Math.min(Math.max(0, dueMs - this.#parts.clock.nowMs()), LONGEST_WAIT_MS));
  }

  #tryAgain(error: unknown): void {
    this.#parts.logger.error({ err: error }, 'alerts could not look at what is due; they try again');
    this.#wakeIn(RETRY_MS);
  }

  #wakeIn(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#isDisposed) return;
    this.#timer = setTimeout(() => {
      this.look().catch((error: unknown) => this.#tryAgain(error));
    }, waitMs);
  }
}

const nowOf = ({ fleet }: Memory): number => fleet.get('fleet')?.nowMs ?? 0;

/** What is there now, as if it had just been told of. */
function* factsOf(
  { servers, services }: Awaited<ReturnType<AlertParts['present']>>,
  atMs: number,
): Generator<Fact> {
  const head = { id: 0, atMs, at: timestamp(atMs), actor: 'hub' };
  for (const server of servers)
    yield { ...head, type: 'server.changed', serverId: server.server_id, data: { server } };
  for (const service of services)
    yield { ...head, type: 'service.changed', serverId: service.server_id, data: { service } };
}
