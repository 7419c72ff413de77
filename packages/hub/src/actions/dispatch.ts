import {
  type EventData,
  type HubFrame,
  type Order,
  Expectation,
  Probe,
  ServerFacts,
  isPolicyActor,
} from '@homelabcmd/protocol';
import { auditHead } from '../events/audit-trail.ts';
import type { EventLog, StoredEvent } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { StoreUnavailable } from '../store/faults.ts';
import type { Store } from '../store/schema.ts';
import { type ActionRow, selectActions } from './rows.ts';
import type { ActionTiming } from './timing.ts';
import { isNotFrozen, transition } from './transition.ts';

/** The way to the agents, as the dispatcher needs it; the link door implements it. */
export interface AgentLine {
  isConnected(serverId: string): boolean;
  /** Hands a frame to the connection; false when there is none. Delivery is never assumed. */
  send(serverId: string, frame: HubFrame): boolean;
}

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
  /** Servers with orders that may stand in the store as sent, and were not: the store went away in between. */
  readonly #inDoubt = new Set<string>();

  constructor(db: Store, log: EventLog, timing: ActionTiming, line: AgentLine) {
    this.#db = db;
    this.#log = log;
    this.#timing = timing;
    this.#line = line;
  }

  /** Follows the log: an approval is sent at once when its agent is there, and so is the wish to cancel an order that is out. */
  async take(event: StoredEvent): Promise<void> {
    // Whoever lost its link since then was sent what is out when it came back.
    for (const serverId of this.#inDoubt) {
      if (this.#line.isConnected(serverId)) await this.agentReady(serverId);
      this.#inDoubt.delete(serverId);
    }
    if (event.type === 'action.approved') await this.#dispatchApproved(event.serverId);
    if (event.type === 'freeze.changed') await this.#dispatchEverywhere();
    if (event.type !== 'action.progress') return;
    const { action } = JSON.parse(event.dataJson) as EventData<'action.progress'>;
    if (action.status === 'dispatched' && action.cancel_requested_by !== null)
      this.#ask(event.serverId, [action.order_id]);
  }

  /** The agent of this server has connected and listens. */
  async agentReady(serverId: string): Promise<void> {
    const rows = await selectActions(this.#db, 0)
      .where('server_id', '=', serverId)
      .where('status', 'in', ['dispatched', 'executing', 'unknown'])
      .orderBy('action_id')
      .execute();
    // While the fleet is frozen an unanswered order is not sent again but asked about: what has not begun never will.
    const isFrozen = await this.#isFrozen();
    const isToBeSent = (row: ActionRow) =>
      !isFrozen && row.status === 'dispatched' && row.cancel_requested_by === null;
    for (const row of rows) if (isToBeSent(row)) await this.#sendOrder(row);
    this.#ask(
      serverId,
      rows.filter((row) => !isToBeSent(row)).map((row) => row.order_id),
    );
    await this.#dispatchApproved(serverId);
  }

  async #isFrozen(): Promise<boolean> {
    const { is_on } = await this.#db.selectFrom('fleet_freeze').select('is_on').executeTakeFirstOrThrow();
    return is_on === 1;
  }

  /** The freeze may have been lifted: what was approved meanwhile, and has not expired, goes out. */
  async #dispatchEverywhere(): Promise<void> {
    const waiting = await this.#db
      .selectFrom('actions')
      .select('server_id')
      .distinct()
      .where('status', '=', 'approved')
      .where(isNotFrozen)
      .execute();
    for (const { server_id } of waiting) await this.#dispatchApproved(server_id);
  }

  async #dispatchApproved(serverId: string): Promise<void> {
    if (!this.#line.isConnected(serverId)) return;
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
        .where(isNotFrozen)
        .orderBy('action_id')
        .execute();
      for (const row of rows) {
        await transition(open, row, 'dispatched', {
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
    const head = (await this.#keepsHeads(row.server_id)) ? { audit: await auditHead(this.#db) } : {};
    this.#line.send(row.server_id, { v: 1, type: 'order', order, ...head });
  }

  /** An agent that knows nothing of heads would refuse the order with one. What it is, it said in its hello. */
  async #keepsHeads(serverId: string): Promise<boolean> {
    const server = await this.#db
      .selectFrom('servers')
      .select('facts_json')
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    if (!server?.facts_json) return false;
    return ServerFacts.parse(JSON.parse(server.facts_json)).keeps_audit_heads === true;
  }
}
