import {
  findingSentence,
  OPEN_STATUSES,
  Probe,
  type Service,
  ServiceReport,
  type ServiceUsage,
} from '@homelabcmd/protocol';
import type { SelectQueryBuilder } from 'kysely';
import { Refusal } from '../lib/refusal.ts';
import type { Schema, Store } from '../store/schema.ts';

/** The newest usage of a service, which is a reading and not part of its state. */
export type UsageOf = (serverId: string, unit: string) => ServiceUsage | undefined;

/** Services joined with what their view needs of other tables. */
export function selectServices(db: Store) {
  return db
    .selectFrom('services')
    .innerJoin('servers', 'servers.server_id', 'services.server_id')
    .leftJoin('actions', (join) =>
      join
        .onRef('actions.server_id', '=', 'services.server_id')
        .onRef('actions.target', '=', 'services.target')
        .on('actions.status', 'in', OPEN_STATUSES),
    )
    .leftJoin('incidents', (join) =>
      join
        .onRef('incidents.server_id', '=', 'services.server_id')
        .onRef('incidents.target', '=', 'services.target'),
    )
    .leftJoin('policies', (join) =>
      join.onRef('policies.name', '=', 'incidents.policy_name').on('policies.is_shadow', '=', 0),
    )
    .selectAll('services')
    .select(['servers.liveness', 'actions.action_id as open_action_id'])
    .select(['policies.name as remediated_by', 'incidents.tries', 'incidents.state as incident_state'])
    .select('incidents.reason as incident_reason');
}

type RowOf<Q> = Q extends SelectQueryBuilder<Schema, never, infer Row> ? Row : never;
export type ServiceRow = RowOf<ReturnType<typeof selectServices>>;

const NOT_REPORTED = {
  allowed: false,
  reason: 'The server has not reported this service yet.',
  fix_command: null,
};

/** A row as the API shows it. */
export function serviceOf(row: ServiceRow, usageOf: UsageOf): Service {
  const report = row.report_json === null ? null : ServiceReport.parse(JSON.parse(row.report_json));
  const reading = report && row.liveness === 'online' ? usageOf(row.server_id, report.unit) : undefined;
  // A reading may be older than the report: that of a process that has ended is nobody's use any more.
  const usage = reading?.pid === report?.pid ? reading : undefined;
  const service = {
    server_id: row.server_id,
    service_name: row.service_name,
    target: row.target,
    display_name: row.display_name,
    description: report?.description ?? '',
    expected: row.expected === 1,
    critical: row.critical === 1,
    enabled: row.enabled === 1,
    status: report?.status ?? 'unknown',
    state_class: report?.state_class ?? null,
    load_state: report?.load_state ?? null,
    active_state: report?.active_state ?? null,
    sub_state: report?.sub_state ?? null,
    result: report?.result ?? null,
    since: report?.since ?? null,
    pid: report?.pid ?? null,
    memory_bytes: usage?.memory_bytes ?? report?.memory_bytes ?? null,
    cpu_percent: usage?.cpu_percent ?? report?.cpu_percent ?? null,
    restarts: report?.restarts ?? null,
    invocation_id: report?.invocation_id ?? null,
    why: report?.why ?? null,
    open_action_id: row.open_action_id,
    automation: automationOf(row),
    restartable: report?.restartable ?? NOT_REPORTED,
    also_restarts: report?.also_restarts ?? [],
    unit_type: report?.unit_type ?? null,
    unit_file: report?.unit_file ?? null,
    unit_file_state: report?.unit_file_state ?? null,
    grace_seconds: row.grace_seconds,
    unwell_since: row.unwell_since,
    probe: probeOf(row),
    probe_report: report?.probe ?? null,
    ...(report?.circumstances ? { circumstances: report.circumstances } : {}),
    observed_at: row.observed_at,
    stale: row.liveness !== 'online',
    revision: row.revision,
  };
  return { ...service, says: findingSentence(service) };
}

/** What a policy is doing about the service; one in shadow does nothing. */
function automationOf(row: ServiceRow): Service['automation'] {
  const { remediated_by, incident_state, tries, incident_reason } = row;
  if (remediated_by === null || incident_state === null) return null;
  return {
    policy: remediated_by,
    state: incident_state,
    tries: Number(tries ?? 0),
    because: incident_reason,
  };
}

export const probeOf = (row: { probe_json: string | null }): Probe | null =>
  row.probe_json === null ? null : Probe.parse(JSON.parse(row.probe_json));

/** One service of a server. @throws Refusal `not_found` */
export async function readService(
  db: Store,
  serverId: string,
  target: string,
  usageOf: UsageOf,
): Promise<Service> {
  const row = await selectServices(db)
    .where('services.server_id', '=', serverId)
    .where('services.target', '=', target)
    .executeTakeFirst();
  if (!row) throw new Refusal('not_found', 'Service not found');
  return serviceOf(row, usageOf);
}
