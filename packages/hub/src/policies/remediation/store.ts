import type { Selectable } from 'kysely';
import { timestamp } from '../../lib/clock.ts';
import type { Schema, Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';
import type { Incident } from './incident.ts';

type Row = Selectable<Schema['incidents']>;

const incidentOf = (row: Row): Incident => ({
  state: row.state,
  tries: Number(row.tries),
  dueMs: row.due_at === null ? null : Date.parse(row.due_at),
  actionId: row.action_id === null ? null : Number(row.action_id),
  reason: row.reason,
});

export interface Place {
  readonly server_id: string;
  readonly target: string;
}

export async function readIncident(db: Store, { server_id, target }: Place): Promise<Incident | null> {
  const row = await db
    .selectFrom('incidents')
    .selectAll()
    .where('server_id', '=', server_id)
    .where('target', '=', target)
    .executeTakeFirst();
  return row ? incidentOf(row) : null;
}

export async function writeIncident(
  db: Store,
  { server_id, target }: Place,
  policyName: string,
  incident: Incident | null,
  now: string,
): Promise<void> {
  if (incident === null) {
    await db
      .deleteFrom('incidents')
      .where('server_id', '=', server_id)
      .where('target', '=', target)
      .execute();
    return;
  }
  const values = {
    policy_name: policyName,
    state: incident.state,
    tries: incident.tries,
    due_at: incident.dueMs === null ? null : timestamp(incident.dueMs),
    action_id: incident.actionId,
    reason: incident.reason,
  };
  await db
    .insertInto('incidents')
    .values({ server_id, target, opened_at: now, ...values })
    .onConflict((conflict) => conflict.columns(['server_id', 'target']).doUpdateSet(values))
    .execute();
}

/** Where something is due at this moment. */
export function dueIncidents(db: Store, now: string): Promise<Place[]> {
  return db
    .selectFrom('incidents')
    .select(['server_id', 'target'])
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .execute();
}

export async function nextDue(db: Store): Promise<string | null> {
  const { next } = await db
    .selectFrom('incidents')
    .select((eb) => eb.fn.min('due_at').as('next'))
    .executeTakeFirstOrThrow();
  return next;
}

/** Every service that somebody expects, and every one with an incident: what there is to look at. */
export async function allPlaces(db: Store, serverId: string | null): Promise<Place[]> {
  return db
    .selectFrom('services')
    .select(['server_id', 'target'])
    .where('expected', '=', 1)
    .$if(serverId !== null, (q) => q.where('server_id', '=', serverId ?? ''))
    .union(
      db
        .selectFrom('incidents')
        .select(['server_id', 'target'])
        .$if(serverId !== null, (q) => q.where('server_id', '=', serverId ?? '')),
    )
    .execute();
}

/** Whether there is anything at all for automation to look at. */
export async function isAnyRemediating(db: Store): Promise<boolean> {
  return (await remediating(db, {})).rows.length > 0;
}

const remediating = statement<object, { name: string }>((db) =>
  db.selectFrom('policies').select('name').where('is_remediating', '=', 1).limit(1),
);
