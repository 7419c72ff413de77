import {
  type AuditHead,
  type EventData,
  type HubFrame,
  type Order,
  Expectation,
  Probe,
  isPolicyActor,
} from '@homelabcmd/protocol';
import { auditHead, keepsHeads } from '../events/audit-trail.ts';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { StoreUnavailable } from '../store/faults.ts';
import type { Store } from '../store/schema.ts';
import { isAheadOf } from './deadlines/clock-set-back.ts';
import { type ActionRow, selectActions } from './rows.ts';
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
  async take(event: StoredEvent): Promise<void> {
    // Whoever lost its link since then was sent what is out when it came back.
    for (const serverId of this.#inDoubt) {
      if (this.#line.takesOrders(serverId)) await this.agentReady(serverId);
      this.#inDoubt.delete(serverId);
    }
    if (event.type === 'action.approved') await this.#dispatchApproved(event.serverId);
    if (event.type === 'freeze.changed') await this.#dispatchEverywhere();
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
    return this.#dispatchApproved(serverId);
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
    for (const row of rows) if (isToBeSent(row)) await this.#sendOrder(row);
    this.#ask(
      serverId,
      rows.filter((row) => !isToBeSent(row)).map((row) => row.order_id),
    );
    await this.#dispatchApproved(serverId);
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
    for (const { server_id } of waiting) await this.#dispatchApproved(server_id);
  }

  async #dispatchApproved(serverId: string): Promise<void> {
    if (!this.#line.takesOrders(serverId)) return;
    try {
      for (const row of await this.#markDispatched(serverId)) await this.#sendOrder(row);
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#inDoubt.add(serverId);
      throw error;
    }
  }

  #markDispatched(serverId: string): Promise<ActionRow[]> {
    return this.#log.transaction(async (open) => {
      const nowMs = Date.parse(open.now);
      const rows = await selectActions(open.tx, nowMs)
        .where('server_id', '=', serverId)
        .where('status', '=', 'approved')
        .where('deadline_at', '>', open.now)
        .where((eb) => eb.not(isAheadOf(nowMs)(eb)))
        .where(mayGoOut)
        .orderBy('action_id')
        .execute();
      const sent_life = await this.#lifeOf(serverId, open.tx);
      for (const row of rows) {
        await transition(open, row, 'dispatched', {
          set: { sent_life },
          actor: 'hub',
          detail: `Sent to the agent on ${serverId}`,
          deadlineAt: timestamp(nowMs + this.#timing.dispatchedLeaseMs),
        });
      }
      return rows;
    });
  }

  /** Asks what became of these orders. One that the agent has never seen it makes impossible before it answers. */
  #ask(serverId: string, orderIds: string[]): void {
    if (orderIds.length > 0) this.#line.send(serverId, { v: 1, type: 'query', order_ids: orderIds });
  }

  async #sendOrder(row: ActionRow): Promise<void> {
    const service = await this.#db
      .selectFrom('services')
      .select('probe_json')
      .where('server_id', '=', row.server_id)
      .where('target', '=', row.target)
      .executeTakeFirst();
    const order: Order = {
      order_id: row.order_id,
      action_id: row.action_id,
      kind: row.kind,
      target: row.target,
      verb: row.verb,
      expect: row.expect_json === null ? null : Expectation.parse(JSON.parse(row.expect_json)),
      ttl_ms: this.#timing.orderTtlMs,
      settle_ms: row.settle_ms,
      probe: service?.probe_json ? Probe.parse(JSON.parse(service.probe_json)) : null,
      ...(isPolicyActor(row.approved_by ?? '') ? { automatic: true } : {}),
    };
    // Read after the commit of `dispatched`: the request and the approval are before this head.
    const audit = await auditHead(this.#db);
    this.#keepHead(audit);
    const head = (await keepsHeads(this.#db, row.server_id)) ? { audit } : {};
    this.#line.send(row.server_id, { v: 1, type: 'order', order, ...head });
  }
}
