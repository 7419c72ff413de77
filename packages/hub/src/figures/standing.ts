import {
  AlertSeverity,
  type Liveness,
  needsAttention,
  isNotAnswering,
  OPEN_STATUSES,
  type Probe,
  type Server,
  type ServiceReport,
} from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Store } from '../store/schema.ts';

/** What an expected service does, in one word. */
export const CONDITIONS = [
  'running',
  'stopped',
  'failed',
  'crash_loop',
  'not_answering',
  'not_found',
  /** Starting, stopping, reloading. */
  'changing',
  /** Never reported, or its server is silent: what was known last is not told as current. */
  'unknown',
  'paused',
] as const;
export type Condition = (typeof CONDITIONS)[number];
export type OpenStatus = (typeof OPEN_STATUSES)[number];

export interface ServerStanding {
  readonly serverId: string;
  readonly liveness: Liveness;
  readonly livenessSince: string;
  /** `null` where no agent has ever said. */
  readonly agentVersion: string | null;
  readonly isQuarantined: boolean;
  readonly isInMaintenance: boolean;
  /** When the maintenance is over by itself. */
  readonly maintenanceUntil: string | null;
}

export interface ServiceStanding {
  readonly serverId: string;
  readonly serviceName: string;
  readonly isCritical: boolean;
  readonly condition: Condition;
  /** It should run, or answer, and does not, on a server that is heard from. */
  readonly needsSomebody: boolean;
}

/** How it stands with the fleet: everything that changes by an event alone. */
export interface Standing {
  readonly servers: readonly ServerStanding[];
  /** Those that are expected, by server and name. */
  readonly services: readonly ServiceStanding[];
  readonly openActions: ReadonlyMap<OpenStatus, number>;
  /** Alerts that are firing, or that somebody looks after, and that no other alert is the cause of. */
  readonly openAlerts: ReadonlyMap<AlertSeverity, number>;
  readonly isFrozen: boolean;
}

interface Kept {
  readonly head: number;
  readonly reading: Promise<Standing>;
}

/**
 * Reads how it stands. No state changes without an event, so that as long as none has come the last reading is the answer,
 * and whoever asks while the store is being read shares that reading.
 */
export class StandingReader {
  readonly #db: Store;
  readonly #log: Pick<EventLog, 'head'>;
  #kept: Kept | null = null;

  constructor(db: Store, log: Pick<EventLog, 'head'>) {
    this.#db = db;
    this.#log = log;
  }

  read(): Promise<Standing> {
    // Taken before the read: what is read is never older than it says.
    const { head } = this.#log;
    if (this.#kept?.head === head) return this.#kept.reading;
    const kept: Kept = { head, reading: readStanding(this.#db) };
    this.#kept = kept;
    kept.reading.catch(() => {
      if (this.#kept === kept) this.#kept = null;
    });
    return kept.reading;
  }
}

async function readStanding(db: Store): Promise<Standing> {
  const frozen = await db.selectFrom('fleet_freeze').select('is_on').executeTakeFirstOrThrow();
  return {
    servers: await readServers(db),
    services: await readServices(db),
    openActions: await readOpenActions(db),
    openAlerts: await readOpenAlerts(db),
    isFrozen: frozen.is_on === 1,
  };
}

async function readServers(db: Store): Promise<ServerStanding[]> {
  const rows = await db
    .selectFrom('servers')
    .leftJoin('quarantines', 'quarantines.server_id', 'servers.server_id')
    .select(['servers.server_id', 'liveness', 'liveness_since', 'facts_json', 'maintenance_json', 'since'])
    .orderBy('servers.server_id')
    .execute();
  return rows.map((row) => {
    const facts = row.facts_json === null ? null : (JSON.parse(row.facts_json) as Server['facts']);
    const maintenance = JSON.parse(row.maintenance_json) as Server['maintenance'];
    return {
      serverId: row.server_id,
      liveness: row.liveness,
      livenessSince: row.liveness_since,
      agentVersion: facts?.agent_version ?? null,
      isQuarantined: row.since !== null,
      isInMaintenance: maintenance.on,
      maintenanceUntil: maintenance.until,
    };
  });
}

async function readServices(db: Store): Promise<ServiceStanding[]> {
  const rows = await db
    .selectFrom('services')
    .innerJoin('servers', 'servers.server_id', 'services.server_id')
    .select(['services.server_id', 'service_name', 'critical', 'enabled', 'report_json', 'probe_json'])
    .select('liveness')
    .where('expected', '=', 1)
    .orderBy('services.server_id')
    .orderBy('service_name')
    .execute();
  return rows.map((row) => {
    const seen = {
      ...{ expected: true, enabled: row.enabled === 1 },
      probe: row.probe_json === null ? null : (JSON.parse(row.probe_json) as Probe),
      ...reportOf(row.liveness === 'online' ? row.report_json : null),
    };
    return {
      serverId: row.server_id,
      serviceName: row.service_name,
      isCritical: row.critical === 1,
      condition: conditionOf(seen),
      needsSomebody: needsAttention(seen),
    };
  });
}

type Seen = Parameters<typeof needsAttention>[0];

/** The part of a report that says how it stands. It was checked when it came in, so it is not checked once more. */
function reportOf(json: string | null): Pick<Seen, 'status' | 'state_class' | 'probe_report'> {
  if (json === null) return { status: 'unknown', state_class: null, probe_report: null };
  const { status, state_class, probe } = JSON.parse(json) as Partial<ServiceReport>;
  return { status: status ?? 'unknown', state_class: state_class ?? null, probe_report: probe ?? null };
}

function conditionOf(seen: Seen): Condition {
  if (!seen.enabled) return 'paused';
  if (seen.state_class === 'crash_loop') return 'crash_loop';
  if (isNotAnswering(seen)) return 'not_answering';
  switch (seen.status) {
    case 'activating':
    case 'deactivating':
    case 'reloading':
      return 'changing';
    default:
      return seen.status;
  }
}

async function readOpenActions(db: Store): Promise<ReadonlyMap<OpenStatus, number>> {
  const rows = await db
    .selectFrom('actions')
    .select(['status', (eb) => eb.fn.countAll<number>().as('total')])
    .where('status', 'in', OPEN_STATUSES)
    .groupBy('status')
    .execute();
  const totals = new Map<string, number>(rows.map(({ status, total }) => [status, total]));
  return new Map(OPEN_STATUSES.map((status) => [status, totals.get(status) ?? 0]));
}

async function readOpenAlerts(db: Store): Promise<ReadonlyMap<AlertSeverity, number>> {
  const rows = await db
    .selectFrom('alerts')
    .select(['severity', (eb) => eb.fn.countAll<number>().as('total')])
    .where('state', 'in', ['firing', 'acknowledged'])
    .where('cause_alert_id', 'is', null)
    .groupBy('severity')
    .execute();
  const totals = new Map<string, number>(rows.map(({ severity, total }) => [severity, total]));
  return new Map(AlertSeverity.options.map((severity) => [severity, totals.get(severity) ?? 0]));
}
