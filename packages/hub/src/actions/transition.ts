import { type Action, type ActionStatus, NEXT_STATUSES, isFinal } from '@homelabcmd/protocol';
import type { ExpressionBuilder } from 'kysely';
import type { LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Schema, Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import { type ActionRow, type StepRow, actionOf, ranLastHour, selectSteps } from './rows.ts';

/** What a step may set beside the status; the rest of a row stays as it was asked for. */
const SET_BY_STEPS = [
  'deadline_at',
  'approved_at',
  'approved_by',
  'approved_digest',
  'decided_by',
  'reason',
  'cancel_requested_by',
  'started_at',
  'verifying_since',
  'result_json',
  'sent_life',
  'approval_seal_json',
] as const;
type Columns = Partial<Pick<ActionRow, (typeof SET_BY_STEPS)[number]>>;

export interface Step {
  readonly actor: string;
  /** One sentence for the time line. */
  readonly detail: string;
  readonly elapsedMs?: number | null;
  /** When the hub stops waiting: in a new status that says nothing of it, never. */
  readonly deadlineAt?: string | null;
  readonly set?: Omit<Columns, 'deadline_at'>;
}

const movedOn = (action: Pick<ActionRow, 'action_id' | 'status'>): Refusal =>
  new Refusal('action_moved_on', `Action #${action.action_id} is ${action.status} already`, {
    action_status: action.status,
  });

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

type Update = Pick<ActionRow, 'action_id' | 'status' | 'version' | 'revision' | 'finished_at'> &
  Columns & { readonly was: ActionStatus; readonly wasVersion: number };

/** Compare and set: it changes no row that is not as it was read. */
const compareAndSet = (db: Store, { action_id, was, wasVersion, ...set }: Update) =>
  db
    .updateTable('actions')
    .set(set)
    .where('action_id', '=', action_id)
    .where('status', '=', was)
    .where('version', '=', wasVersion);

const changeRow = statement<Update>(compareAndSet);
/** The kill switch is asked by the very statement that lets an order out, so that no race gets past it. */
const letOut = statement<Update>((db, update) => compareAndSet(db, update).where(mayGoOut));

/**
 * Takes an action to its next status: the only writer of `actions.status`. One compare-and-set on (id, status,
 * version), one entry of the time line and one event, in the caller's transaction.
 * @param row as it was read in this transaction
 * @throws Refusal `action_moved_on` when the step is not legal from where the action is
 */
export async function transition(
  open: LogTransaction,
  row: ActionRow,
  to: Exclude<ActionStatus, 'pending'>,
  step: Step,
): Promise<Action> {
  if (!NEXT_STATUSES[row.status].includes(to)) throw movedOn(row);
  const head = { type: `action.${to}` as const, serverId: row.server_id, actor: step.actor };
  const { action } = await open.append(head, ({ revision, at }) => {
    const finished_at = isFinal(to) ? at : row.finished_at;
    const after = { status: to, deadline_at: step.deadlineAt ?? null, finished_at };
    return write(open, row, { ...row, ...step.set, ...after, revision }, { ...step, name: to });
  });
  return action;
}

/** Writes a step within a status, which stays, and so does the deadline unless the step sets one. */
export async function progress(
  open: LogTransaction,
  row: ActionRow,
  name: string,
  step: Step,
): Promise<Action> {
  const deadline_at = step.deadlineAt === undefined ? row.deadline_at : step.deadlineAt;
  const head = { type: 'action.progress' as const, serverId: row.server_id, actor: step.actor };
  const { action } = await open.append(head, ({ revision }) =>
    write(open, row, { ...row, ...step.set, deadline_at, revision }, { ...step, name }),
  );
  return action;
}

/** @throws Refusal `action_moved_on` when the row has changed since it was read */
async function write(
  open: LogTransaction,
  before: ActionRow,
  after: ActionRow,
  step: Step & { name: string },
): Promise<{ action: Action }> {
  const version = before.version + 1;
  // What stays is not written: the store would touch its indexes for it.
  const changed = SET_BY_STEPS.filter((name) => after[name] !== before[name]);
  const set = Object.fromEntries(changed.map((name) => [name, after[name]])) as Columns;
  const { action_id, status, revision, finished_at } = after;
  const run = before.status !== 'dispatched' && status === 'dispatched' ? letOut : changeRow;
  const { numAffectedRows } = await run(open.tx, {
    ...{ action_id, status, version, revision, finished_at, was: before.status, wasVersion: before.version },
    ...set,
  });
  if (Number(numAffectedRows) !== 1) throw movedOn(before);
  const steps = await selectSteps(open.tx, action_id);
  steps.push(await addStep(open, action_id, steps.length + 1, step.name, step));
  const nowMs = Date.parse(open.now);
  const ran_last_hour = ranLastHour(before, after, nowMs);
  return { action: actionOf({ ...after, version, ran_last_hour }, steps) };
}

const isFrozen = statement<object, { is_on: number }>((db) => db.selectFrom('fleet_freeze').select('is_on'));

/** What a step says besides, while the fleet is frozen; else nothing. */
export async function frozenNote({ tx }: LogTransaction): Promise<string> {
  const { rows } = await isFrozen(tx, {});
  return rows[0]?.is_on === 0 ? '' : '. The fleet is frozen: nothing is sent until that is lifted';
}

const insertStep = statement<StepRow>((db, row) => db.insertInto('action_steps').values(row));

/** Appends to the time line, as its entry number `n` from 1. */
export async function addStep(
  open: LogTransaction,
  actionId: number,
  n: number,
  name: string,
  { actor, detail, elapsedMs }: Step,
): Promise<StepRow> {
  const at = open.now;
  const row = { action_id: actionId, n, step: name, at, actor, detail, elapsed_ms: elapsedMs ?? null };
  await insertStep(open.tx, row);
  return row;
}
