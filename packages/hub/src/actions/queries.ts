import type { ActionStatus, ResponseOf, api } from '@homelabcmd/protocol';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';
import { actionOf, selectActions, selectSteps, type StepRow } from './rows.ts';

export interface ActionFilter {
  readonly status?: readonly ActionStatus[] | undefined;
  readonly server_id?: string | undefined;
  readonly service_name?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Actions that match, newest first. */
export async function listActions(
  db: Store,
  nowMs: number,
  filter: ActionFilter,
): Promise<ResponseOf<typeof api.listActions>> {
  const { status, server_id, service_name, limit, offset } = filter;
  const rows = await selectActions(db, nowMs)
    .$if(status !== undefined, (q) => q.where('status', 'in', status ?? []))
    .$if(server_id !== undefined, (q) => q.where('server_id', '=', server_id ?? ''))
    .$if(service_name !== undefined, (q) => q.where('service_name', '=', service_name ?? ''))
    .orderBy('action_id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await db
    .selectFrom('actions')
    .$if(status !== undefined, (q) => q.where('status', 'in', status ?? []))
    .$if(server_id !== undefined, (q) => q.where('server_id', '=', server_id ?? ''))
    .$if(service_name !== undefined, (q) => q.where('service_name', '=', service_name ?? ''))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const steps = Map.groupBy(
    rows.length === 0
      ? []
      : await selectSteps(
          db,
          rows.map((row) => row.action_id),
        ),
    (step: StepRow) => step.action_id,
  );
  const actions = rows.map((row) => actionOf(row, steps.get(row.action_id) ?? []));
  return { actions, total, limit, offset };
}

/** @throws Refusal `not_found` when there is no such server */
export async function listServerActions(db: Store, nowMs: number, serverId: string, filter: ActionFilter) {
  const server = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', 'Server not found');
  return listActions(db, nowMs, { ...filter, server_id: serverId });
}
