import { Liveness, type ServerMetrics } from '@homelabcmd/protocol';
import { type Family, gauge, tallied } from './exposition.ts';
import { CONDITIONS, type ServerStanding, type ServiceStanding, type Standing } from './standing.ts';
import { isInMaintenance } from './status.ts';

/** So many servers and services have series of their own; how many have none is told. */
const MOST_SERVERS = 1000;
export const MOST_SERVICES = 5000;

/** The fleet, its servers, its expected services and what is open. @param readings the newest of servers that are online */
export function fleetFamilies(
  standing: Standing,
  readings: (serverId: string) => ServerMetrics | undefined,
  at: string,
): Family[] {
  const servers = standing.servers.slice(0, MOST_SERVERS);
  const services = standing.services.slice(0, MOST_SERVICES);
  return [
    tallied(
      ...(['gauge', 'homelabcmd_servers'] as const),
      'Servers by whether the hub hears from them.',
      'liveness',
      countBy(Liveness.options, standing.servers, ({ liveness }) => liveness),
    ),
    tallied(
      ...(['gauge', 'homelabcmd_services'] as const),
      'Expected services by what they do.',
      'condition',
      countBy(CONDITIONS, standing.services, ({ condition }) => condition),
    ),
    tallied(
      ...(['gauge', 'homelabcmd_actions_open'] as const),
      'Actions that are not at their end, by status.',
      'status',
      standing.openActions,
    ),
    tallied(
      ...(['gauge', 'homelabcmd_alerts_open'] as const),
      'Alerts that are firing or acknowledged, by severity; those that another alert is the cause of are not counted.',
      'severity',
      standing.openAlerts,
    ),
    gauge('homelabcmd_frozen', 'Whether the fleet is frozen: 1, or 0.', Number(standing.isFrozen)),
    gauge(
      'homelabcmd_series_left_out',
      `Servers beyond ${MOST_SERVERS} and services beyond ${MOST_SERVICES}, which have no series of their own.`,
      standing.servers.length - servers.length + standing.services.length - services.length,
    ),
    ...serverFamilies(servers, at),
    ...readingFamilies(servers, readings),
    serviceFamily(services),
  ];
}

function countBy<T, K extends string>(
  all: readonly K[],
  things: readonly T[],
  wordOf: (thing: T) => K,
): ReadonlyMap<K, number> {
  const counts = new Map(all.map((word) => [word, 0]));
  for (const thing of things) counts.set(wordOf(thing), (counts.get(wordOf(thing)) ?? 0) + 1);
  return counts;
}

function serverFamilies(servers: readonly ServerStanding[], at: string): Family[] {
  const each = (name: string, help: string, read: (server: ServerStanding) => number): Family => ({
    ...{ name, help, type: 'gauge' },
    samples: servers.map((server) => ({ labels: { server: server.serverId }, value: read(server) })),
  });
  return [
    {
      ...{ name: 'homelabcmd_server_up', type: 'gauge' },
      help: 'Whether the hub hears from the server: 1, or 0. Absent before its agent has come for the first time.',
      samples: servers
        .filter(({ liveness }) => liveness !== 'never_seen')
        .map(({ serverId, liveness }) => ({
          labels: { server: serverId },
          value: Number(liveness === 'online'),
        })),
    },
    each(
      'homelabcmd_server_liveness_since_timestamp_seconds',
      'Since when the server is online, stale or offline.',
      ({ livenessSince }) => Date.parse(livenessSince) / 1000,
    ),
    each('homelabcmd_server_maintenance', 'Whether the server is in maintenance: 1, or 0.', (server) =>
      Number(isInMaintenance(server, at)),
    ),
    each(
      'homelabcmd_server_quarantined',
      'Whether nothing is sent to the server until a person has looked: 1, or 0.',
      ({ isQuarantined }) => Number(isQuarantined),
    ),
    {
      ...{ name: 'homelabcmd_agent_info', type: 'gauge' },
      help: 'The version of the agent that was last heard from each server.',
      samples: servers.flatMap(({ serverId, agentVersion }) =>
        agentVersion === null
          ? []
          : [{ labels: { server: serverId, version: knownForm(agentVersion) }, value: 1 }],
      ),
    },
  ];
}

/** A version comes from the server: one that is written like none makes no series of its own. */
const knownForm = (version: string): string =>
  /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(version) ? version : 'other';

type Read = (metrics: ServerMetrics) => number | null;

const READINGS: readonly (readonly [string, string, Read])[] = [
  ['cpu_ratio', 'Processor time in use, 0 to 1.', ({ sample }) => percent(sample.cpu_percent)],
  ['load1', 'Load over one minute.', ({ sample }) => sample.load_1m],
  ['memory_used_bytes', 'Memory in use.', ({ sample }) => sample.memory_used_bytes],
  ['memory_total_bytes', 'Memory that is there.', ({ sample }) => sample.memory_total_bytes],
  ['disk_fullest_ratio', 'How full the fullest disk is, 0 to 1.', ({ sample }) => fullest(sample.disks)],
  ['uptime_seconds', 'Time since the server booted.', ({ sample }) => sample.uptime_seconds],
];

const percent = (value: number | null): number | null => (value === null ? null : value / 100);

function fullest(disks: ServerMetrics['sample']['disks']): number | null {
  const shares = disks.filter(({ total_bytes }) => total_bytes > 0).map((d) => d.used_bytes / d.total_bytes);
  return shares.length === 0 ? null : Math.min(1, Math.max(...shares));
}

/** A server that is not heard from has no reading, and a reading that could not be taken is no series. */
function readingFamilies(
  servers: readonly ServerStanding[],
  readings: (serverId: string) => ServerMetrics | undefined,
): Family[] {
  const known = servers.flatMap(({ serverId }) => readings(serverId) ?? []);
  return READINGS.map(
    ([name, help, read]): Family => ({
      ...{ name: `homelabcmd_server_${name}`, help, type: 'gauge' },
      samples: known.flatMap((metrics) => {
        const value = read(metrics);
        return value === null ? [] : [{ labels: { server: metrics.server_id }, value }];
      }),
    }),
  );
}

const TOLD: ReadonlySet<string> = new Set(
  CONDITIONS.filter((word) => word !== 'unknown' && word !== 'paused'),
);

/** Neither 1 nor 0 is told of what is not known, and nothing of what is paused. */
const serviceFamily = (services: readonly ServiceStanding[]): Family => ({
  name: 'homelabcmd_service_up',
  type: 'gauge',
  help: 'Whether an expected service is up: 1, or 0 where it needs somebody. Absent while nobody knows.',
  samples: services
    .filter(({ condition }) => TOLD.has(condition))
    .map(({ serverId, serviceName, isCritical, needsSomebody }) => ({
      labels: { server: serverId, service: serviceName, critical: isCritical ? 'yes' : 'no' },
      value: Number(!needsSomebody),
    })),
});
