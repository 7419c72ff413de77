import { type Action, Expectation, KeptSeal, OrderResult, Why, AlsoRestarts } from '@homelabcmd/protocol';
import type { Selectable } from 'kysely';
import { timestamp } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Schema, Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

export type ActionRow = Selectable<Schema['actions']> & { ran_last_hour: number };
export type StepRow = Selectable<Schema['action_steps']>;

/** A person is warned from this many restarts of one service in an hour, and stopped at the limit. */
const WARN_AT_RESTARTS = 3;
export const LIMIT_RESTARTS = 20;
export const BUDGET_WINDOW_MS = 3_600_000;

/** From when on what ran counts. */
export const hourBefore = (nowMs: number): string => timestamp(nowMs - BUDGET_WINDOW_MS);

/** Actions, each with the number of restarts of its target that ran in the last hour. */
export const selectActions = (db: Store, nowMs: number) => selectActionsSince(db, hourBefore(nowMs));

export function selectActionsSince(db: Store, since: string) {
  return db
    .selectFrom('actions')
    .selectAll('actions')
    .select((eb) =>
      eb.fn
        .coalesce(
          eb
            .selectFrom('actions as ran')
            .whereRef('ran.server_id', '=', 'actions.server_id')
            .whereRef('ran.target', '=', 'actions.target')
            .where('ran.started_at', '>', since)
            .select((count) => count.fn.countAll<number>().as('n')),
          eb.lit(0),
        )
        .as('ran_last_hour'),
    );
}

/** How many ran in the last hour after one of them was changed, when the row before that says how many did. */
export function ranLastHour(before: ActionRow, after: ActionRow, nowMs: number): number {
  const counts = ({ started_at }: ActionRow) => Number(started_at !== null && started_at > hourBefore(nowMs));
  return before.ran_last_hour + counts(after) - counts(before);
}

const stepsOf = statement<{ actionId: number }, StepRow>((db, { actionId }) =>
  db.selectFrom('action_steps').selectAll().where('action_id', '=', actionId).orderBy('n'),
);

/** The time line of an action. */
export const selectSteps = async (db: Store, actionId: number): Promise<StepRow[]> =>
  (await stepsOf(db, { actionId })).rows;

/** The time lines of several. */
export function selectStepsOfAll(db: Store, actionIds: readonly number[]): Promise<StepRow[]> {
  return db
    .selectFrom('action_steps')
    .selectAll()
    .where('action_id', 'in', actionIds)
    .orderBy('action_id')
    .orderBy('n')
    .execute();
}

/** Made once: a schema costs more to make than to use. */
const AlsoRestartsOfAll = AlsoRestarts.array();

const parsed = <T>(schema: { parse(value: unknown): T }, json: string | null): T | null =>
  json === null ? null : schema.parse(JSON.parse(json));

/** Absent where no passkey has signed. */
function sealOfRow({ approval_seal_json }: ActionRow) {
  const approval_seal = parsed(KeptSeal, approval_seal_json);
  return approval_seal === null ? {} : { approval_seal };
}

/** A row and its steps as the API shows them. */
export function actionOf(row: ActionRow, steps: readonly StepRow[]): Action {
  const waits = row.status === 'pending' || row.status === 'approved';
  return {
    action_id: row.action_id,
    order_id: row.order_id,
    action_type: row.kind,
    server_id: row.server_id,
    service_name: row.service_name,
    target: row.target,
    command: row.command,
    verb: row.verb,
    status: row.status,
    version: row.version,
    revision: row.revision,
    digest: row.digest,
    expect: parsed(Expectation, row.expect_json),
    created_at: row.created_at,
    created_by: row.created_by,
    expires_at: waits ? row.deadline_at : null,
    approved_at: row.approved_at,
    approved_by: row.approved_by,
    self_approved: row.approved_by !== null && row.approved_by === row.created_by,
    decided_by: row.decided_by,
    reason: row.reason,
    ...sealOfRow(row),
    cancel_requested_by: row.cancel_requested_by,
    finished_at: row.finished_at,
    result: parsed(OrderResult, row.result_json),
    why: parsed(Why, row.why_json),
    also_restarts: AlsoRestartsOfAll.parse(JSON.parse(row.also_restarts_json)),
    budget: { ran_last_hour: row.ran_last_hour, warn_at: WARN_AT_RESTARTS, limit: LIMIT_RESTARTS },
    verifying_since: row.verifying_since,
    settle_ms: row.settle_ms,
    steps: steps.map(({ step, at, actor, detail, elapsed_ms }) => ({ step, at, actor, detail, elapsed_ms })),
  };
}

const actionById = statement<{ actionId: number; since: string }, ActionRow>((db, { actionId, since }) =>
  selectActionsSince(db, since).where('action_id', '=', actionId),
);

/** @throws Refusal `not_found` */
export async function findAction(db: Store, actionId: number, nowMs: number): Promise<ActionRow> {
  const { rows } = await actionById(db, { actionId, since: hourBefore(nowMs) });
  if (!rows[0]) throw new Refusal('not_found', `There is no action #${actionId}`);
  return rows[0];
}

const actionByOrder = statement<{ serverId: string; orderId: string; since: string }, ActionRow>(
  (db, { serverId, orderId, since }) =>
    selectActionsSince(db, since).where('order_id', '=', orderId).where('server_id', '=', serverId),
);

/** The action of an order, if it is one of this server. */
export async function findOrder(
  db: Store,
  serverId: string,
  orderId: string,
  nowMs: number,
): Promise<ActionRow | undefined> {
  return (await actionByOrder(db, { serverId, orderId, since: hourBefore(nowMs) })).rows[0];
}

/** @throws Refusal `not_found` */
export async function readAction(db: Store, actionId: number, nowMs: number): Promise<Action> {
  return actionOf(await findAction(db, actionId, nowMs), await selectSteps(db, actionId));
}
