import type { ActionStatus, ResponseOf, api } from '@homelabcmd/protocol';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { Refusal } from '../lib/refusal.ts';
import { holdsText } from '../store/holds-text.ts';
import type { Schema, Store } from '../store/schema.ts';
import { actionOf, selectActions, selectStepsOfAll, type StepRow, type ActionRow } from './rows.ts';

export interface ActionFilter {
  readonly status?: readonly ActionStatus[] | undefined;
  readonly server_id?: string | undefined;
  readonly service_name?: string | undefined;
  /** Text that the server, the service, who asked, who approved or who decided holds, in any case. */
  readonly q?: string | undefined;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Actions that match, newest first, with how many there are in each status. */
export async function listActions(
  db: Store,
  nowMs: number,
  filter: ActionFilter & Page,
): Promise<ResponseOf<typeof api.listActions>> {
  const { limit, offset } = filter;
  const rows = await selectActions(db, nowMs)
    .where((eb) => matches(db, eb, filter))
    .orderBy('action_id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  const byStatus = await db
    .selectFrom('actions')
    .where((eb) => matches(db, eb, { ...filter, status: undefined }))
    .groupBy('status')
    .select(['status', (eb) => eb.fn.countAll<number>().as('total')])
    .execute();
  const counts = Object.fromEntries(byStatus.map(({ status, total }) => [status, total]));
  const total = byStatus
    .filter(({ status }) => filter.status === undefined || filter.status.includes(status))
    .reduce((sum, { total: n }) => sum + n, 0);
  return { actions: await withSteps(db, rows), counts, total, limit, offset };
}

/** @throws Refusal `not_found` when there is no such server */
export async function listServerActions(
  db: Store,
  nowMs: number,
  serverId: string,
  filter: ActionFilter & Page,
) {
  const server = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', 'Server not found');
  return listActions(db, nowMs, { ...filter, server_id: serverId });
}

/**
 * Every action that matches, newest first, in batches: the whole is never in memory, and between two batches the hub
 * answers others. SQLite answers at once and a reader on a fast line is never waited for, so nothing else would let go.
 */
export async function* everyAction(db: Store, nowMs: number, filter: ActionFilter) {
  const batch = 100;
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await selectActions(db, nowMs)
      .where((eb) => matches(db, eb, filter))
      .where('action_id', '<', before)
      .orderBy('action_id', 'desc')
      .limit(batch)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield await withSteps(db, rows);
    before = last.action_id;
    await new Promise((resume) => setImmediate(resume));
  }
}

async function withSteps(db: Store, rows: readonly ActionRow[]) {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.action_id);
  const steps = Map.groupBy(await selectStepsOfAll(db, ids), (step: StepRow) => step.action_id);
  return rows.map((row) => actionOf(row, steps.get(row.action_id) ?? []));
}

const SEARCHED = ['server_id', 'service_name', 'created_by', 'approved_by', 'decided_by'] as const;

function matches(
  db: Store,
  eb: ExpressionBuilder<Schema, 'actions'>,
  filter: ActionFilter,
): Expression<SqlBool> {
  const { status, server_id, service_name, q } = filter;
  const all: Expression<SqlBool>[] = [];
  if (status !== undefined) all.push(eb('status', 'in', status));
  if (server_id !== undefined) all.push(eb('server_id', '=', server_id));
  if (service_name !== undefined) all.push(eb('service_name', '=', service_name));
  if (q !== undefined && q !== '') all.push(holdsText(db, SEARCHED, q));
  return eb.and(all);
}
