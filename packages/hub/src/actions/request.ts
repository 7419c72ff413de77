import { createHash } from 'node:crypto';
import {
  ACTION_KINDS,
  type Action,
  type ActionKind,
  type ActionVerb,
  type AlsoRestarts,
  type Expectation,
  OPEN_STATUSES,
  ServerFacts,
  ServiceReport,
  type Why,
  targetOf,
} from '@homelabcmd/protocol';
import type { z } from 'zod';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { transactionOnce } from '../events/once.ts';
import { timestamp } from '../lib/clock.ts';
import type { NamedWish } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { uuidV7 } from '../lib/uuid.ts';
import type { StoreTransaction } from '../store/schema.ts';
import { KINDS } from './kinds/registry.ts';
import { BUDGET_WINDOW_MS, LIMIT_RESTARTS, readAction } from './rows.ts';
import type { ActionTiming } from './timing.ts';
import { addStep, frozenNote } from './transition.ts';

/** What is asked, and of which service. */
export interface Wish {
  readonly kind: ActionKind;
  readonly serverId: string;
  readonly serviceName: string;
}

/**
 * Queues an action as `pending`. What the approver will see (the state expected, why it is down, what else
 * restarts) is taken now and bound by the digest. A wish with a `name` that was granted before is answered as it was then.
 * @throws Refusal `not_found`; `action_open` naming the open action; `too_many` when people's limit is reached; `idempotency_key_reused`
 */
export function requestAction(
  log: EventLog,
  timing: ActionTiming,
  actor: string,
  wish: Wish,
  name: NamedWish | null,
): Promise<Action> {
  return transactionOnce(log, name, (open) => requestIn(open, timing, actor, wish));
}

/** The same inside a transaction. */
export async function requestIn(
  open: LogTransaction,
  timing: ActionTiming,
  actor: string,
  wish: Wish,
): Promise<Action> {
  const { kind, serverId, serviceName } = wish;
  const target = targetOf(serviceName);
  const seen = await whatIsSeen(open.tx, kind, serverId, target);
  await refuseSecond(open.tx, serverId, target, serviceName);
  await refuseTooMany(open, serverId, target, serviceName);
  return insertAction(open, timing, actor, { ...wish, target, ...seen });
}

interface Seen {
  readonly expect: Expectation | null;
  readonly verb: ActionVerb;
  readonly why: Why | null;
  readonly alsoRestarts: z.infer<typeof AlsoRestarts>[];
}

async function whatIsSeen(
  tx: StoreTransaction,
  kind: ActionKind,
  serverId: string,
  target: string,
): Promise<Seen> {
  const server = await tx
    .selectFrom('servers')
    .select('facts_json')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', 'Server not found');
  const row = await tx
    .selectFrom('services')
    .select('report_json')
    .where('server_id', '=', serverId)
    .where('target', '=', target)
    .executeTakeFirst();
  if (!row?.report_json || !server.facts_json)
    return { expect: null, verb: KINDS[kind].verbFor(null), why: null, alsoRestarts: [] };
  const report = ServiceReport.parse(JSON.parse(row.report_json));
  const facts = ServerFacts.parse(JSON.parse(server.facts_json));
  return {
    expect: {
      state_class: report.state_class,
      boot_id: facts.boot_id,
      invocation_id: report.invocation_id,
    },
    verb: KINDS[kind].verbFor(report),
    why: report.why,
    alsoRestarts: report.also_restarts,
  };
}

async function refuseSecond(
  tx: StoreTransaction,
  serverId: string,
  target: string,
  serviceName: string,
): Promise<void> {
  const open = await tx
    .selectFrom('actions')
    .select(['action_id', 'kind', 'status', 'created_by'])
    .where('server_id', '=', serverId)
    .where('target', '=', target)
    .where('status', 'in', OPEN_STATUSES)
    .executeTakeFirst();
  if (!open) return;
  const { noun } = ACTION_KINDS[open.kind];
  const detail =
    open.status === 'unknown'
      ? `The outcome of an earlier ${noun} of ${serviceName} is unknown; resolve action #${open.action_id} first`
      : `A ${noun} of ${serviceName} is already ${open.status} (action #${open.action_id}, asked by ${open.created_by})`;
  throw new Refusal('action_open', detail, {
    existing_action_id: open.action_id,
    action_status: open.status,
  });
}

async function refuseTooMany(
  open: LogTransaction,
  serverId: string,
  target: string,
  serviceName: string,
): Promise<void> {
  const nowMs = Date.parse(open.now);
  const ran = await open.tx
    .selectFrom('actions')
    .select('started_at')
    .where('server_id', '=', serverId)
    .where('target', '=', target)
    .where('started_at', '>', timestamp(nowMs - BUDGET_WINDOW_MS))
    .orderBy('started_at', 'desc')
    .limit(LIMIT_RESTARTS)
    .execute();
  const freeing = ran[LIMIT_RESTARTS - 1]?.started_at;
  if (!freeing) return;
  const waitMs = Date.parse(freeing) + BUDGET_WINDOW_MS - nowMs;
  throw new Refusal(
    'too_many',
    `${serviceName} was restarted ${LIMIT_RESTARTS} times in the last hour. Next possible at ${timestamp(nowMs + waitMs)}.`,
    { retry_after_seconds: Math.max(1, Math.ceil(waitMs / 1000)) },
  );
}

interface NewAction extends Wish, Seen {
  readonly target: string;
}

async function insertAction(
  open: LogTransaction,
  timing: ActionTiming,
  actor: string,
  wish: NewAction,
): Promise<Action> {
  const nowMs = Date.parse(open.now);
  const actionId = await nextActionId(open.tx);
  const { kind, serverId, serviceName, target } = wish;
  await open.append({ type: 'action.requested', serverId, actor }, async ({ revision, at }) => {
    await open.tx
      .insertInto('actions')
      .values({
        action_id: actionId,
        order_id: uuidV7(nowMs),
        kind,
        server_id: serverId,
        service_name: serviceName,
        target,
        command: KINDS[kind].commandFor(serviceName),
        verb: wish.verb,
        status: 'pending',
        version: 0,
        revision,
        digest: digestOfAction(wish),
        expect_json: wish.expect && JSON.stringify(wish.expect),
        why_json: wish.why && JSON.stringify(wish.why),
        also_restarts_json: JSON.stringify(wish.alsoRestarts),
        created_at: at,
        created_by: actor,
        deadline_at: timestamp(nowMs + timing.pendingTtlMs),
        settle_ms: timing.settleMs,
      })
      .execute();
    await addStep(open, actionId, 'pending', {
      actor,
      detail: `${actor} asked for a ${ACTION_KINDS[kind].noun}${await frozenNote(open)}`,
    });
    return { action: await readAction(open.tx, actionId, nowMs) };
  });
  return readAction(open.tx, actionId, nowMs);
}

/** Numbers are never used again, so that «#42» means one thing for ever, also after a server was deleted. */
async function nextActionId(tx: StoreTransaction): Promise<number> {
  const counter = await tx
    .updateTable('hub_counters')
    .set((eb) => ({ last: eb('last', '+', 1) }))
    .where('name', '=', 'action')
    .returning('last')
    .executeTakeFirstOrThrow();
  return counter.last;
}

/** SHA-256 over what an approval covers: where, what, how, and the state that was seen. Keys in this fixed order. */
function digestOfAction({ kind, serverId, target, serviceName, verb, expect }: NewAction): string {
  const core = {
    v: 1,
    kind,
    server_id: serverId,
    service_name: serviceName,
    target,
    verb,
    expect: expect && [expect.state_class, expect.boot_id, expect.invocation_id],
  };
  return createHash('sha256').update(JSON.stringify(core)).digest('hex');
}
