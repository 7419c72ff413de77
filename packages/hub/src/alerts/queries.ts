import type { Alert, AlertStoryEntry, api, QueryOf, ResponseOf } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { Refusal } from '../lib/refusal.ts';
import type { Store } from '../store/schema.ts';

type Asked = QueryOf<typeof api.listAlerts>;

const MOST_MEMBERS = 500;

/** Newest first. */
export async function listAlerts(db: Store, asked: Asked): Promise<ResponseOf<typeof api.listAlerts>> {
  const { limit, offset } = asked;
  const found = matching(db, asked);
  const rows = await found
    .select('alert_json')
    .orderBy('alert_id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await found
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { alerts: rows.map(alertOf), total, limit, offset };
}

function matching(db: Store, { state, severity, kind, server_id, subject, cause, since, q }: Asked) {
  // Letters of a pattern stand for themselves.
  const words = `%${(q ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`;
  return db
    .selectFrom('alerts')
    .$if(state !== undefined, (query) => query.where('state', 'in', state ?? []))
    .$if(severity !== undefined, (query) => query.where('severity', 'in', severity ?? []))
    .$if(kind !== undefined, (query) => query.where('kind', 'in', kind ?? []))
    .$if(server_id !== undefined, (query) => query.where('server_id', '=', server_id ?? ''))
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject ?? ''))
    .$if(cause !== undefined, (query) => query.where('cause_alert_id', '=', cause ?? 0))
    .$if(since !== undefined, (query) =>
      query.where((eb) => eb.or([eb('resolved_at', 'is', null), eb('resolved_at', '>=', since ?? '')])),
    )
    .$if(q !== undefined && q !== '', (query) =>
      query.where(sql<boolean>`lower(title) like lower(${words}) escape '\\'`),
    );
}

/** @throws Refusal `not_found` */
export async function readAlert(db: Store, alertId: number): Promise<Alert> {
  const row = await db
    .selectFrom('alerts')
    .select('alert_json')
    .where('alert_id', '=', alertId)
    .executeTakeFirst();
  if (row === undefined) throw new Refusal('not_found', 'Alert not found');
  return alertOf(row);
}

/** An alert with what became of it, and with those that it is the cause of. @throws Refusal `not_found` */
export async function getAlert(db: Store, alertId: number): Promise<ResponseOf<typeof api.getAlert>> {
  const alert = await readAlert(db, alertId);
  const story = await db
    .selectFrom('alert_story')
    .select(['event_id', 'at', 'kind', 'text', 'actor', 'action_id'])
    .where('alert_id', '=', alertId)
    .orderBy('n')
    .execute();
  const members = await db
    .selectFrom('alerts')
    .select('alert_json')
    .where('cause_alert_id', '=', alertId)
    .orderBy('alert_id')
    .limit(MOST_MEMBERS)
    .execute();
  return { alert, story: story satisfies AlertStoryEntry[], members: members.map(alertOf) };
}

/** It was checked when it was made. */
const alertOf = ({ alert_json }: { alert_json: string }): Alert => JSON.parse(alert_json) as Alert;
