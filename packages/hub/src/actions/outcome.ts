import {
  PROBE_CHECK_MAX_MS,
  type ActionStatus,
  type OrderResult,
  type OrderStep,
} from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import { timestamp } from '../lib/clock.ts';
import { type ActionRow, findOrder, selectSteps } from './rows.ts';
import type { ActionTiming } from './timing.ts';
import { progress, transition } from './transition.ts';

export interface OrderProgress {
  readonly order_id: string;
  readonly step: OrderStep;
  readonly elapsed_ms: number;
  readonly detail: string;
}

/** Takes in a step that an agent reports. Who speaks is known from the connection: only its own orders count. */
export async function receiveProgress(
  log: EventLog,
  timing: ActionTiming,
  serverId: string,
  report: OrderProgress,
): Promise<void> {
  await log.transaction(async (open) => {
    const row = await findOrder(open.tx, serverId, report.order_id, Date.parse(open.now));
    if (!row) return;
    const actor = `agent:${serverId}`;
    // After the settle time the agent may ask a probe, about which it sends no further word before the result.
    const askingMs = report.step === 'verifying' ? PROBE_CHECK_MAX_MS : 0;
    const deadlineAt = timestamp(Date.parse(open.now) + timing.executingLeaseMs + askingMs);
    const step = { actor, detail: report.detail, elapsedMs: report.elapsed_ms, deadlineAt };
    if (report.step === 'started') {
      if (row.status === 'dispatched') {
        await transition(open, row, 'executing', { ...step, set: { started_at: open.now } });
      }
      return;
    }
    if (row.status !== 'executing') return;
    const known = await selectSteps(open.tx, row.action_id);
    if (known.some((entry) => entry.step === report.step)) return;
    const set = report.step === 'verifying' ? { verifying_since: open.now } : {};
    await progress(open, row, report.step, { ...step, set });
  });
}

/** The steps by which a result takes an action to its end, from each status in which an order can be out. */
const PATHS: Record<
  OrderResult['outcome'],
  Partial<Record<ActionStatus, Exclude<ActionStatus, 'pending'>[]>>
> = {
  completed: { dispatched: ['executing', 'completed'], executing: ['completed'], unknown: ['completed'] },
  failed: { dispatched: ['executing', 'failed'], executing: ['failed'], unknown: ['failed'] },
  refused: { dispatched: ['refused'], executing: ['unknown', 'refused'], unknown: ['refused'] },
  unknown: { dispatched: ['unknown'], executing: ['unknown'], unknown: [] },
};

/** An order that was asked back, and of which the agent proved that it never began, is cancelled. */
function pathOf(row: ActionRow, result: OrderResult): Exclude<ActionStatus, 'pending'>[] | undefined {
  const isAskedBack = row.status === 'dispatched' && row.cancel_requested_by !== null;
  if (isAskedBack && result.outcome === 'refused' && result.code === 'never_started') return ['cancelled'];
  return PATHS[result.outcome][row.status];
}

/** Takes in how an order ended. After this has committed, and not before, the agent may be told to forget it. */
export async function receiveResult(
  log: EventLog,
  serverId: string,
  orderId: string,
  result: OrderResult,
): Promise<void> {
  await log.transaction(async (open) => {
    for (;;) {
      const row = await findOrder(open.tx, serverId, orderId, Date.parse(open.now));
      const path = row && pathOf(row, result);
      const to = path?.[0];
      if (!row || !to) return;
      const isLast = path.length === 1;
      await transition(open, row, to, {
        actor: `agent:${serverId}`,
        detail: isLast ? result.detail : 'The agent had started it',
        elapsedMs: isLast ? result.elapsed_ms : null,
        set: {
          ...(isLast ? { result_json: JSON.stringify(result) } : {}),
          ...startOf(to, row, open.now),
          ...(to === 'cancelled' ? { decided_by: row.cancel_requested_by } : {}),
        },
      });
      if (isLast) return;
    }
  });
}

/** When it ran, for the count of restarts: an outcome can be the first that is heard of a start, or deny it. */
function startOf(to: ActionStatus, row: ActionRow, now: string): { started_at?: string | null } {
  if (to === 'refused' || to === 'cancelled') return { started_at: null };
  const hasRun = to === 'executing' || to === 'completed' || to === 'failed';
  return hasRun && row.started_at === null ? { started_at: now } : {};
}
