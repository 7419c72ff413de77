import {
  FRAME_VERSION,
  type AuditHead,
  type EventData,
  type HubFrame,
  type Order,
  KeptSeal,
  Probe,
  isPolicyActor,
} from '@homelabcmd/protocol';
import { auditHead, keepsHeads } from '../events/audit-trail.ts';
import type { EventLog, LogTransaction, StoredEvent } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { StoreUnavailable } from '../store/faults.ts';
import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { isAfter, toleratedUntil } from './deadlines/clock-set-back.ts';
import { type ActionRow, hourBefore, selectActions, selectActionsSince } from './rows.ts';
import { orderCoreOf } from './sealed/sealing.ts';
import type { ActionTiming } from './timing.ts';
import { mayGoOut, transition } from './transition.ts';

/** The way to the agents, as the dispatcher needs it; the link door implements it. */
export interface AgentLine {
  /** It is connected, and what it holds of the audit was compared with the store. */
  takesOrders(serverId: string): boolean;
  /** Hands a frame to the connection; false when there is none. Delivery is never assumed. */
  send(serverId: string, frame: HubFrame): boolean;
}

/** Takes the head of the audit that an order brings, before that order leaves. */
export type KeepHead = (head: AuditHead) => void;

/**
 * Sends approved actions to their agents. `dispatched` is committed before the first byte is sent; the same order is
 * sent again when the agent connects, until it has answered, and never after an answer. With it goes the head of the
 * audit, which the agent keeps: a hub cannot tell another story afterwards.
 */
export class Dispatcher {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #timing: ActionTiming;
  readonly #line: AgentLine;
  readonly #keepHead: KeepHead;
  /** Servers with orders that may stand in the store as sent, and were not: the store went away in between. */
  readonly #inDoubt = new Set<string>();

  constructor(
    db: Store,
    log: EventLog,
    timing: ActionTiming,
    line: AgentLine,
    keepHead: KeepHead = () => undefined,
  ) {
    this.#keepHead = keepHead;
    this.#db = db;
    this.#log = log;
    this.#timing = timing;
    this.#line = line;
  }

  /** Follows the log: an approval is sent at once when its agent is there, and so is the wish to cancel an order that is out. */
  async takeAll(events: readonly StoredEvent[]): Promise<void> {
    // Whoever lost its link since then was sent what is out when it came back.
    for (const serverId of this.#inDoubt) {
      if (this.#line.takesOrders(serverId)) await this.agentReady(serverId);
      this.#inDoubt.delete(serverId);
    }
    const approved = events.filter(({ type }) => type === 'action.approved').map(({ serverId }) => serverId);
    await this.#dispatchApproved([...new Set(approved)]);
    if (events.some(({ type }) => type === 'freeze.changed')) await this.#dispatchEverywhere();
    for (const event of events) this.#askBack(event);
  }

  #askBack(event: StoredEvent): void {
    if (event.type !== 'action.progress') return;
    const { action } = JSON.parse(event.dataJson) as EventData<'action.progress'>;
    if (action.status === 'dispatched' && action.cancel_requested_by !== null)
      this.#ask(event.serverId, [action.order_id]);
  }

  /** A setback made orders unknown: whoever is there is asked what became of them. */
  async askAboutUnknown(): Promise<void> {
    const rows = await this.#db
      .selectFrom('actions')
      .innerJoin('agent_journals', 'agent_journals.server_id', 'actions.server_id')
      .select(['actions.server_id', 'actions.order_id'])
      .where('actions.status', '=', 'unknown')
      .where((eb) =>
        eb.or([
          eb('actions.sent_life', 'is', null),
          eb('actions.sent_life', '=', eb.ref('agent_journals.life')),
        ]),
      )
      .execute();
    for (const [serverId, of] of Map.groupBy(rows, (row) => row.server_id))
      if (this.#line.takesOrders(serverId))
        this.#ask(
          serverId,
          of.map((row) => row.order_id),
        );
  }

  /** This server is out of quarantine. */
  released(serverId: string): Promise<void> {
    return this.#dispatchApproved([serverId]);
  }

  /** The agent of this server has connected, listens, and may be sent orders. */
  async agentReady(serverId: string, held: ReadonlySet<string> = new Set()): Promise<void> {
    const life = await this.#lifeOf(serverId);
    const all = await selectActions(this.#db, 0)
      .where('server_id', '=', serverId)
      .where('status', 'in', ['dispatched', 'executing', 'unknown'])
      .orderBy('action_id')
      .execute();
    // What went to an agent that was here before is nothing that this one can answer for, unless it holds it.
    const rows = all.filter(
      ({ sent_life, order_id }) => sent_life === null || sent_life === life || held.has(order_id),
    );
    // While the fleet is frozen an unanswered order is not sent again but asked about: what has not begun never will.
    const isFrozen = await this.#isHeldBack(serverId);
    const isToBeSent = (row: ActionRow) =>
      !isFrozen && row.status === 'dispatched' && row.cancel_requested_by === null;
    await this.#sendOrders(rows.filter(isToBeSent));
    this.#ask(
      serverId,
      rows.filter((row) => !isToBeSent(row)).map((row) => row.order_id),
    );
    await this.#dispatchApproved([serverId]);
  }

  async #isHeldBack(serverId: string): Promise<boolean> {
    const { is_on } = await this.#db.selectFrom('fleet_freeze').select('is_on').executeTakeFirstOrThrow();
    const quarantine = await this.#db
      .selectFrom('quarantines')
      .select('since')
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    return is_on === 1 || quarantine !== undefined;
  }

  /** Which of the agents that this server has had is the present one. */
  async #lifeOf(serverId: string, db: Store = this.#db): Promise<number | null> {
    const row = await db
      .selectFrom('agent_journals')
      .select('life')
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    return row?.life ?? null;
  }

  /** The freeze may have been lifted: what was approved meanwhile, and has not expired, goes out. */
  async #dispatchEverywhere(): Promise<void> {
    const waiting = await this.#db
      .selectFrom('actions')
      .select('server_id')
      .distinct()
      .where('status', '=', 'approved')
      .where(mayGoOut)
      .execute();
    await this.#dispatchApproved(waiting.map(({ server_id }) => server_id));
  }

  /** One commit covers what goes out to all of these servers. */
  async #dispatchApproved(serverIds: readonly string[]): Promise<void> {
    const there = serverIds.filter((serverId) => this.#line.takesOrders(serverId));
    if (there.length === 0) return;
    try {
      const rows = await this.#log.transaction(async (open) => {
        const marked: ActionRow[] = [];
        for (const serverId of there) marked.push(...(await this.#markDispatched(open, serverId)));
        return marked;
      });
      await this.#sendOrders(rows);
    } catch (error) {
      if (error instanceof StoreUnavailable) for (const serverId of there) this.#inDoubt.add(serverId);
      throw error;
    }
  }

  async #markDispatched(open: LogTransaction, serverId: string): Promise<ActionRow[]> {
    const nowMs = Date.parse(open.now);
    const times = { now: open.now, since: hourBefore(nowMs), toleratedUntil: toleratedUntil(nowMs) };
    const { rows } = await approvedFor(open.tx, { serverId, ...times });
    const sent_life = rows.length === 0 ? null : await this.#lifeOf(serverId, open.tx);
    for (const row of rows) {
      await transition(open, row, 'dispatched', {
        set: { sent_life },
        actor: 'hub',
        detail: `Sent to the agent on ${serverId}`,
        deadlineAt: timestamp(nowMs + this.#timing.dispatchedLeaseMs),
      });
    }
    return rows;
  }

  /** Asks what became of these orders. One that the agent has never seen it makes impossible before it answers. */
  #ask(serverId: string, orderIds: string[]): void {
    if (orderIds.length > 0)
      this.#line.send(serverId, { v: FRAME_VERSION, type: 'query', order_ids: orderIds });
  }

  /** Call it after the commit of `dispatched`: then the request and the approval are before the head that goes with it. */
  async #sendOrders(rows: readonly ActionRow[]): Promise<void> {
    if (rows.length === 0) return;
    const audit = await auditHead(this.#db);
    this.#keepHead(audit);
    const faults: unknown[] = [];
    for (const row of rows) await this.#sendOrder(row, audit).catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  }

  async #sendOrder(row: ActionRow, audit: AuditHead): Promise<void> {
    const order = await this.#orderOf(row);
    const head = (await keepsHeads(this.#db, row.server_id)) ? { audit } : {};
    this.#line.send(row.server_id, { v: FRAME_VERSION, type: 'order', order, ...head });
  }

  async #orderOf(row: ActionRow): Promise<Order> {
    const [service] = (await probeOf(this.#db, { serverId: row.server_id, target: row.target })).rows;
    return {
      ...orderCoreOf(row),
      ttl_ms: this.#timing.orderTtlMs,
      settle_ms: row.settle_ms,
      probe: service?.probe_json ? Probe.parse(JSON.parse(service.probe_json)) : null,
      ...(isPolicyActor(row.approved_by ?? '') ? { automatic: true } : {}),
      ...(row.approval_seal_json === null ? {} : { approval_seal: sealIn(row.approval_seal_json) }),
    };
  }
}

const sealIn = (json: string) => KeptSeal.parse(JSON.parse(json)).seal;

interface Approved {
  readonly serverId: string;
  readonly now: string;
  readonly since: string;
  readonly toleratedUntil: string;
}

const approvedFor = statement<Approved, ActionRow>((db, slots) =>
  selectActionsSince(db, slots.since)
    .where('server_id', '=', slots.serverId)
    .where('status', '=', 'approved')
    .where('deadline_at', '>', slots.now)
    .where((eb) => eb.not(isAfter(slots.toleratedUntil)(eb)))
    .where(mayGoOut)
    .orderBy('action_id'),
);

const probeOf = statement<{ serverId: string; target: string }, { probe_json: string | null }>(
  (db, { serverId, target }) =>
    db
      .selectFrom('services')
      .select('probe_json')
      .where('server_id', '=', serverId)
      .where('target', '=', target),
);
