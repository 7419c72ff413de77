import { ServiceStatus, StateClass, unitOfTarget, Why, whySentence } from '@homelabcmd/protocol';
import type { ReadKind } from './kind.ts';

/** Changes of services, as their history keeps them. */
export const readService: ReadKind<'service'> = async ({ db, serverId, target, from, to, most }) => {
  const rows = await db
    .selectFrom('service_changes as change')
    .leftJoin('services as service', (join) =>
      join.onRef('service.server_id', '=', 'change.server_id').onRef('service.target', '=', 'change.target'),
    )
    .selectAll('change')
    .select('service.service_name')
    .where('change.server_id', '=', serverId)
    .$if(target !== null, (q) => q.where('change.target', '=', target ?? ''))
    .where('change.at', '>=', from)
    .where('change.at', '<=', to)
    .orderBy('change.event_id')
    .limit(most + 1)
    .execute();
  return rows.map((row) => ({
    kind: 'service',
    ...{ at: row.at, event_id: row.event_id, action_id: row.action_id },
    service_name: row.service_name ?? unitOfTarget(row.target) ?? row.target,
    status: ServiceStatus.parse(row.status),
    state_class: StateClass.nullable().parse(row.state_class),
    answers: row.is_answering === null ? null : row.is_answering === 1,
    reason: row.why_json === null ? null : whySentence(Why.parse(JSON.parse(row.why_json))),
  }));
};
