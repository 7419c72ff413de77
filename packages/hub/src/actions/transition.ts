import { type Action, type ActionStatus, NEXT_STATUSES, isFinal } from '@homelabcmd/protocol';
import type { ExpressionBuilder, Updateable } from 'kysely';
import type { LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Schema } from '../store/schema.ts';
import { type ActionRow, readAction } from './rows.ts';

type Columns = Omit<
  Updateable<Schema['actions']>,
  'action_id' | 'status' | 'version' | 'revision' | 'finished_at'
>;

export interface Step {
  readonly actor: string;
  /** One sentence for the time line. */
  readonly detail: string;
  readonly elapsedMs?: number | null;
  /** When the hub stops waiting in the new status; a final status has none. */
  readonly deadlineAt?: string | null;
  readonly set?: Columns;
}

const movedOn = (action: Pick<ActionRow, 'action_id' | 'status'>): Refusal =>
  new Refusal('action_moved_on', `Action #${action.action_id} is ${action.status} already`, {
    action_status: action.status,
  });

/**
 * Takes an action to its next status: the only writer of `actions.status`. One compare-and-set on (id, status,
 * version), one entry of the time line and one event, in the caller's transaction.
 * @throws Refusal `action_moved_on` when the step is not legal from where the action is
 */
export async function transition(
  open: LogTransaction,
  row: ActionRow,
  to: Exclude<ActionStatus, 'pending'>,
  step: Step,
): Promise<Action> {
  if (!NEXT_STATUSES[row.status].includes(to)) throw movedOn(row);
  const nowMs = Date.parse(open.now);
  let action: Action | undefined;
  const head = { type: `action.${to}` as const, serverId: row.server_id, actor: step.actor };
  await open.append(head, async ({ revision, at }) => {
    const { numUpdatedRows } = await open.tx
      .updateTable('actions')
      .set({
        ...step.set,
        status: to,
        version: row.version + 1,
        revision,
        deadline_at: step.deadlineAt ?? null,
        ...(isFinal(to) ? { finished_at: at } : {}),
      })
      .where('action_id', '=', row.action_id)
      .where('status', '=', row.status)
      .where('version', '=', row.version)
      // The kill switch is asked by the very statement that lets an order out, so that no race gets past it.
      .$if(to === 'dispatched', (q) => q.where(mayGoOut))
      .executeTakeFirst();
    if (Number(numUpdatedRows) !== 1) throw movedOn(row);
    await addStep(open, row.action_id, to, step);
    action = await readAction(open.tx, row.action_id, nowMs);
    return { action };
  });
  return action ?? readAction(open.tx, row.action_id, nowMs);
}

/** For a statement that lets an order out: it finds no row while the fleet is frozen, or its server in quarantine. */
export const mayGoOut = ({ and, not, exists, selectFrom }: ExpressionBuilder<Schema, 'actions'>) =>
  and([
    not(exists(selectFrom('fleet_freeze').select('id').where('is_on', '=', 1))),
    not(
      exists(
        selectFrom('quarantines')
          .select('quarantines.server_id')
          .whereRef('quarantines.server_id', '=', 'actions.server_id'),
      ),
    ),
  ]);

/** What a step says besides, while the fleet is frozen; else nothing. */
export async function frozenNote({ tx }: LogTransaction): Promise<string> {
  const { is_on } = await tx.selectFrom('fleet_freeze').select('is_on').executeTakeFirstOrThrow();
  return is_on === 1 ? '. The fleet is frozen: nothing is sent until that is lifted' : '';
}

/** Writes a step within `executing`; the status stays. */
export async function progress(
  open: LogTransaction,
  row: ActionRow,
  name: string,
  step: Step,
): Promise<void> {
  const head = { type: 'action.progress' as const, serverId: row.server_id, actor: step.actor };
  await open.append(head, async ({ revision }) => {
    await open.tx
      .updateTable('actions')
      .set({
        ...step.set,
        version: row.version + 1,
        revision,
        ...(step.deadlineAt === undefined ? {} : { deadline_at: step.deadlineAt }),
      })
      .where('action_id', '=', row.action_id)
      .where('version', '=', row.version)
      .execute();
    await addStep(open, row.action_id, name, step);
    return { action: await readAction(open.tx, row.action_id, Date.parse(open.now)) };
  });
}

/** Appends to the time line. */
export async function addStep(
  open: LogTransaction,
  actionId: number,
  name: string,
  step: Step,
): Promise<void> {
  const { last } = await open.tx
    .selectFrom('action_steps')
    .where('action_id', '=', actionId)
    .select((eb) => eb.fn.coalesce(eb.fn.max('n'), eb.lit(0)).as('last'))
    .executeTakeFirstOrThrow();
  await open.tx
    .insertInto('action_steps')
    .values({
      action_id: actionId,
      n: Number(last) + 1,
      step: name,
      at: open.now,
      actor: step.actor,
      detail: step.detail,
      elapsed_ms: step.elapsedMs ?? null,
    })
    .execute();
}
