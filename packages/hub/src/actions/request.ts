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
import type { Insertable } from 'kysely';
import type { z } from 'zod';
import { nextNumber } from '../events/counters.ts';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { transactionOnce } from '../events/once.ts';
import { timestamp } from '../lib/clock.ts';
import type { NamedWish } from '../lib/handler.ts';
import { Refusal } from '../lib/refusal.ts';
import { uuidV7 } from '../lib/uuid.ts';
import type { Schema, StoreTransaction } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { KINDS } from './kinds/registry.ts';
import { type ActionRow, actionOf, BUDGET_WINDOW_MS, LIMIT_RESTARTS } from './rows.ts';
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
  const ranLastHour = await refuseTooMany(open, serverId, target, serviceName);
  return insertAction(open, timing, actor, { ...wish, target, ...seen, ranLastHour });
}

interface Seen {
  readonly expect: Expectation | null;
  readonly verb: ActionVerb;
  readonly why: Why | null;
  readonly alsoRestarts: z.infer<typeof AlsoRestarts>[];
}

interface Place {
  readonly serverId: string;
  readonly target: string;
}

const lastSeen = statement<Place, { facts_json: string | null; report_json: string | null }>(
  (db, { serverId, target }) =>
    db
      .selectFrom('servers')
      .leftJoin('services', (join) =>
        join.onRef('services.server_id', '=', 'servers.server_id').on('services.target', '=', target),
      )
      .select(['servers.facts_json', 'services.report_json'])
      .where('servers.server_id', '=', serverId),
);

async function whatIsSeen(
  tx: StoreTransaction,
  kind: ActionKind,
  serverId: string,
  target: string,
): Promise<Seen> {
  const [seen] = (await lastSeen(tx, { serverId, target })).rows;
  if (!seen) throw new Refusal('not_found', 'Server not found');
  if (!seen.report_json || !seen.facts_json)
    return { expect: null, verb: KINDS[kind].verbFor(null), why: null, alsoRestarts: [] };
  const report = ServiceReport.parse(JSON.parse(seen.report_json));
  const facts = ServerFacts.parse(JSON.parse(seen.facts_json));
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

type OpenAction = Pick<ActionRow, 'action_id' | 'kind' | 'status' | 'created_by'>;

const openAction = statement<Place, OpenAction>((db, { serverId, target }) =>
  db
    .selectFrom('actions')
    .select(['action_id', 'kind', 'status', 'created_by'])
    .where('server_id', '=', serverId)
    .where('target', '=', target)
    .where('status', 'in', OPEN_STATUSES),
);

async function refuseSecond(
  tx: StoreTransaction,
  serverId: string,
  target: string,
  serviceName: string,
): Promise<void> {
  const [open] = (await openAction(tx, { serverId, target })).rows;
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

const newestStarts = statement<Place & { since: string }, { started_at: string }>(
  (db, { serverId, target, since }) =>
    db
      .selectFrom('actions')
      .select((eb) => eb.ref('started_at').$notNull().as('started_at'))
      .where('server_id', '=', serverId)
      .where('target', '=', target)
      .where('started_at', '>', since)
      .orderBy('started_at', 'desc')
      .limit(LIMIT_RESTARTS),
);

/** @returns how many restarts of it ran in the last hour, while they are fewer than the limit */
async function refuseTooMany(
  open: LogTransaction,
  serverId: string,
  target: string,
  serviceName: string,
): Promise<number> {
  const nowMs = Date.parse(open.now);
  const since = timestamp(nowMs - BUDGET_WINDOW_MS);
  const { rows: ran } = await newestStarts(open.tx, { serverId, target, since });
  const freeing = ran[LIMIT_RESTARTS - 1]?.started_at;
  if (!freeing) return ran.length;
  const waitMs = Date.parse(freeing) + BUDGET_WINDOW_MS - nowMs;
  throw new Refusal(
    'too_many',
    `${serviceName} was restarted ${LIMIT_RESTARTS} times in the last hour. Next possible at ${timestamp(nowMs + waitMs)}.`,
    { retry_after_seconds: Math.ceil(waitMs / 1000) },
  );
}

interface NewAction extends Wish, Seen {
  readonly target: string;
  readonly ranLastHour: number;
}

/** Every column: what has yet to happen is null. */
const insertRow = statement<Insertable<Schema['actions']>>((db, row) => db.insertInto('actions').values(row));

async function insertAction(
  open: LogTransaction,
  timing: ActionTiming,
  actor: string,
  wish: NewAction,
): Promise<Action> {
  // Numbers are never used again, so that «#42» means one thing for ever, also after a server was deleted.
  const actionId = await nextNumber(open.tx, 'action');
  const { kind, serverId } = wish;
  const { action } = await open.append(
    { type: 'action.requested', serverId, actor },
    async ({ revision }) => {
      const row = newRow(wish, { actionId, revision, actor, now: open.now, timing });
      await insertRow(open.tx, row);
      const detail = `${actor} asked for a ${ACTION_KINDS[kind].noun}${await frozenNote(open)}`;
      const step = await addStep(open, actionId, 1, 'pending', { actor, detail });
      return { action: actionOf({ ...row, ran_last_hour: wish.ranLastHour }, [step]) };
    },
  );
  return action;
}

interface Birth {
  readonly actionId: number;
  readonly revision: number;
  readonly actor: string;
  readonly now: string;
  readonly timing: ActionTiming;
}

function newRow(wish: NewAction, { actionId, revision, actor, now, timing }: Birth) {
  const { kind, serverId, serviceName, target, verb, expect, why } = wish;
  const nowMs = Date.parse(now);
  return {
    ...{ action_id: actionId, order_id: uuidV7(nowMs), kind, server_id: serverId },
    ...{ service_name: serviceName, target, command: KINDS[kind].commandFor(serviceName), verb },
    ...{ status: 'pending' as const, version: 0, revision, digest: digestOfAction(wish) },
    expect_json: expect && JSON.stringify(expect),
    why_json: why && JSON.stringify(why),
    also_restarts_json: JSON.stringify(wish.alsoRestarts),
    ...{ created_at: now, created_by: actor, deadline_at: timestamp(nowMs + timing.pendingTtlMs) },
    ...{ settle_ms: timing.settleMs, approved_at: null, approved_by: null, approved_digest: null },
    ...{ decided_by: null, reason: null, cancel_requested_by: null, started_at: null, verifying_since: null },
    ...{ finished_at: null, result_json: null, sent_life: null, approval_seal_json: null },
  };
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
