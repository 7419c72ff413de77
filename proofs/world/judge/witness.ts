import type { StoredEvent } from '@homelabcmd/hub/rules';
import type { Action } from '@homelabcmd/protocol';
import type { Fleet, Watcher } from '../fleet/fleet.ts';
import type { Run } from '../fleet/script.ts';
import type { Server } from '../fleet/server.ts';
import { LEGAL, MAY_RUN, RUNS } from './rules.ts';

interface Seen {
  readonly status: Action['status'];
  readonly version: number;
}

/** That somebody pressed Approve, whatever became of it. */
interface Press {
  readonly actor: string;
  readonly digest: string | undefined;
}

export interface CountedRun {
  readonly server: Server;
  readonly run: Run;
}

/** Signals and readings take a moment, in which a service may end that was up for the whole settle time. */
const READING_MS = 50;

/**
 * Counts and compares, beside the product and without it: each run against the approvals that people gave, each event
 * against the one before, each outcome against what the simulated systemd saw.
 */
export class Witness implements Watcher {
  readonly violations: string[] = [];
  readonly runs = new Map<string, CountedRun[]>();
  readonly outcomes = new Map<string, number>();
  readonly #fleet: Fleet;
  readonly #seen = new Map<string, Seen>();
  readonly #presses = new Map<string, Press[]>();
  /** Orders that an older image of the store knows otherwise than it was: only what holds for them still is asked. */
  readonly #rewound = new Set<string>();
  #cursor: number;
  #isFrozen = false;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#cursor = this.#head();
  }

  cursor(): number {
    return this.#cursor;
  }

  isRewound(orderId: string): boolean {
    return this.#rewound.has(orderId);
  }

  blame(rule: string, what: string): void {
    const line = `${rule}: ${what}`;
    this.#fleet.timeline.note(`VIOLATION ${line}`);
    this.violations.push(line);
  }

  onFault(what: string): void {
    this.blame('fault', what);
  }

  /** Somebody is about to press Approve. */
  pressed(actor: string, actionId: number, digest: string | undefined): void {
    const row = this.#fleet.disk.database
      .prepare('SELECT order_id, digest FROM actions WHERE action_id = ?')
      .get(actionId);
    if (row === undefined || (digest !== undefined && digest !== row['digest'])) return;
    const orderId = String(row['order_id']);
    this.#presses.set(orderId, [...(this.#presses.get(orderId) ?? []), { actor, digest }]);
  }

  /** The store is an older one now: the hub has forgotten what came after it. */
  rewound(): void {
    for (const orderId of [...this.#seen.keys(), ...this.runs.keys()]) this.#rewound.add(orderId);
    this.#seen.clear();
    this.#cursor = this.#head();
    this.#isFrozen =
      this.#fleet.disk.database.prepare('SELECT is_on FROM fleet_freeze').get()?.['is_on'] === 1;
  }

  /** The hub has given an order to the network. */
  onOrderSent(): void {
    const row = this.#fleet.disk.database.prepare('SELECT is_on FROM fleet_freeze').get();
    if (row?.['is_on'] === 1) this.blame('P10', 'an order is sent while the fleet is frozen');
  }

  onRun(server: Server, run: Run): void {
    const { timeline, disk } = this.#fleet;
    const runs = [...(this.runs.get(run.orderId) ?? []), { server, run }];
    this.runs.set(run.orderId, runs);
    timeline.note(`${server.id}: systemd is asked to restart ${run.unit} for ${run.orderId}`);
    if (runs.length > 1) this.blame('P1', `the order ${run.orderId} runs for the ${runs.length}. time`);
    const row = disk.database
      .prepare('SELECT status, server_id, target, approved_by FROM actions WHERE order_id = ?')
      .get(run.orderId);
    const presses = this.#presses.get(run.orderId) ?? [];
    if (presses.length === 0) this.blame('P2', `${run.orderId} runs, and nobody approved it`);
    if (this.#rewound.has(run.orderId)) return;
    if (row === undefined) return this.blame('P2', `${run.orderId} runs, and the hub has no such action`);
    if (!presses.some(({ actor }) => actor === row['approved_by']))
      this.blame(
        'P2',
        `${run.orderId} runs by an approval of ${String(row['approved_by'])} that nobody gave`,
      );
    if (!MAY_RUN.has(String(row['status'])))
      this.blame('P5', `${run.orderId} runs while the action is ${String(row['status'])}`);
    if (row['server_id'] !== server.id || row['target'] !== `systemd:${run.unit}`)
      this.blame('P2', `${run.orderId} runs ${run.unit} on ${server.id}, which was not approved`);
  }

  onEvent(event: StoredEvent): void {
    this.#cursor = event.id;
    if (event.type === 'freeze.changed')
      this.#isFrozen = (JSON.parse(event.dataJson) as { freeze: { on: boolean } }).freeze.on;
    if (event.type === 'action.dispatched' && this.#isFrozen)
      this.blame('P10', `event ${event.id} lets an order out while the fleet is frozen`);
    if (!event.type.startsWith('action.')) return;
    const action = (JSON.parse(event.dataJson) as { action: Action }).action;
    this.#fleet.timeline.note(
      `hub: #${action.action_id} ${event.type.slice(7)} by ${event.actor}${action.result?.code ? ` (${action.result.code})` : ''}`,
    );
    this.#followed(event, action);
    const { order_id: orderId, status } = action;
    this.#seen.set(orderId, { status, version: action.version });
    if (LEGAL[status].length === 0)
      this.outcomes.set(
        `${status} ${action.result?.code ?? ''}`,
        (this.outcomes.get(`${status} ${action.result?.code ?? ''}`) ?? 0) + 1,
      );
    const runs = this.runs.get(orderId)?.length ?? 0;
    if (LEGAL[status].length === 0 && !RUNS[status].includes(runs) && !this.#rewound.has(orderId))
      this.blame(runs === 0 ? 'P4' : 'P5', `#${action.action_id} is ${status} and ran ${runs} times`);
    if (status === 'completed') this.#success(action);
    if (
      action.result?.outcome === 'unknown' &&
      this.#fleet.servers.get(action.server_id)?.mayHaveForgotten === false
    )
      this.blame(
        'unknown',
        `#${action.action_id}: the agent does not know, and nothing kept it from knowing`,
      );
  }

  /** One step after the other, each a legal one. */
  #followed(event: StoredEvent, action: Action): void {
    const before = this.#seen.get(action.order_id);
    const { status, version, action_id: actionId } = action;
    const at = `#${actionId} in event ${event.id}`;
    if (action.revision !== event.id) this.blame('P9', `${at} carries the revision ${action.revision}`);
    if (before === undefined) {
      if (event.type !== 'action.requested' && !this.#rewound.has(action.order_id))
        this.blame('P9', `${at} is ${status}, and no event told of it before`);
      return;
    }
    if (version !== before.version + 1) this.blame('P9', `${at} skips from ${before.version} to ${version}`);
    const isSame = event.type === 'action.progress' && status === before.status;
    if (!isSame && !LEGAL[before.status].includes(status))
      this.blame('P9', `${at} goes from ${before.status} to ${status}`);
  }

  /** Completed is exit code 0, and a service that was up for its settle time. */
  #success({ action_id: actionId, order_id: orderId, result, settle_ms: settleMs }: Action): void {
    const [counted] = this.runs.get(orderId) ?? [];
    if (counted === undefined) return;
    const { server, run } = counted;
    const invocation = result?.after?.invocation_id;
    const start = server.systemd.starts.find((one) => one.invocationId === invocation);
    if (run.exitCode !== 0 || result?.exit_code !== 0)
      this.blame('P4', `#${actionId} is completed with the exit code ${run.exitCode}`);
    if (start === undefined || start.upMs === null || start.unit !== run.unit)
      return this.blame('P4', `#${actionId} is completed and ${invocation} never was up`);
    const endMs = start.endedMs ?? this.#fleet.timeline.monotonicMs(server.host);
    if (endMs - start.upMs < settleMs - READING_MS)
      this.blame('P4', `#${actionId} is completed and was up for ${Math.round(endMs - start.upMs)} ms`);
  }

  #head(): number {
    const row = this.#fleet.disk.database.prepare(`SELECT last FROM hub_counters WHERE name = 'event'`).get();
    return Number(row?.['last'] ?? 0);
  }
}
