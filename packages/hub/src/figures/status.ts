import { type FleetStatus, type Severity, visible } from '@homelabcmd/protocol';
import type { Condition, ServerStanding, ServiceStanding, Standing } from './standing.ts';

/** A name of more is cut in the sentence, which has a place in a widget. */
const LONGEST_NAME = 60;

/** The fleet in one flat document. */
export function statusOf(standing: Standing, at: string): FleetStatus {
  const { servers, services, openActions, openAlerts, isFrozen } = standing;
  const of = (liveness: ServerStanding['liveness']) =>
    servers.filter((server) => server.liveness === liveness).length;
  const failed = services.filter(({ needsSomebody }) => needsSomebody);
  const open = (status: Parameters<typeof openActions.get>[0]) => openActions.get(status) ?? 0;
  const counts = {
    servers: servers.length,
    servers_online: of('online'),
    servers_stale: of('stale'),
    servers_offline: of('offline'),
    servers_missed: missedServers(servers, at).length,
    services: services.filter(({ condition }) => condition !== 'paused').length,
    services_running: services.filter(({ condition }) => condition === 'running').length,
    services_failed: failed.length,
    services_failed_critical: failed.filter(({ isCritical }) => isCritical).length,
    actions_pending: open('pending'),
    actions_running: open('approved') + open('dispatched') + open('executing'),
    actions_unknown: open('unknown'),
    servers_in_quarantine: servers.filter(({ isQuarantined }) => isQuarantined).length,
    alerts_open: [...openAlerts.values()].reduce((sum, count) => sum + count, 0),
    alerts_critical: openAlerts.get('critical') ?? 0,
    frozen: isFrozen,
  };
  return { at, severity: severityOf(counts), summary: sentenceOf(standing, counts, at), ...counts };
}

/** @param at a time that is over ends a maintenance that was to last until then */
export const isInMaintenance = (server: ServerStanding, at: string): boolean =>
  server.isInMaintenance && (server.maintenanceUntil === null || server.maintenanceUntil > at);

const missedServers = (servers: readonly ServerStanding[], at: string): readonly ServerStanding[] =>
  servers.filter((server) => server.liveness === 'offline' && !isInMaintenance(server, at));

type Counts = Omit<FleetStatus, 'at' | 'severity' | 'summary'>;

function severityOf(counts: Counts): Severity {
  if (counts.servers_missed > 0 || counts.services_failed_critical > 0) return 'high';
  const isMedium =
    counts.services_failed > 0 ||
    counts.actions_unknown > 0 ||
    counts.servers_in_quarantine > 0 ||
    counts.frozen;
  if (isMedium) return 'medium';
  return counts.actions_pending > 0 || counts.servers_stale > 0 ? 'low' : 'none';
}

/** The worst by name, how much more there is, and what only waits. */
function sentenceOf({ servers, services }: Standing, counts: Counts, at: string): string {
  const trouble = [
    ...missedServers(servers, at).map(({ serverId }) => `${serverId} is offline`),
    ...services
      .filter(({ needsSomebody }) => needsSomebody)
      .toSorted((a, b) => Number(b.isCritical) - Number(a.isCritical))
      .map((service) => `${nameOf(service)} on ${service.serverId} ${WORDS[service.condition]}`),
  ];
  const parts = [
    ...trouble.slice(0, 1),
    ...(trouble.length > 1
      ? [`${trouble.length - 1} more ${trouble.length === 2 ? 'needs' : 'need'} you`]
      : []),
    ...(counts.frozen ? ['the fleet is frozen'] : []),
    ...phrase(counts.servers_in_quarantine, 'server is in quarantine', 'servers are in quarantine'),
    ...phrase(counts.actions_unknown, 'outcome is unknown', 'outcomes are unknown'),
    ...phrase(counts.actions_pending, 'action waits for approval', 'actions wait for approval'),
    ...phrase(counts.servers_stale, 'server is silent', 'servers are silent'),
  ];
  const text = parts.length > 0 ? parts.join('; ') : wellInWords(counts);
  // A name stays as it is.
  return trouble.length > 0 ? `${text}.` : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const phrase = (count: number, one: string, several: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];

function wellInWords({ servers_online, services_running }: Counts): string {
  if (servers_online === 0) return 'no server is online';
  const online = servers_online === 1 ? '1 server is online' : `${servers_online} servers are online`;
  return `${online}, ${services_running} expected ${services_running === 1 ? 'service runs' : 'services run'}`;
}

function nameOf({ serviceName }: ServiceStanding): string {
  const name = visible(serviceName);
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).toWellFormed()}…` : name;
}

const WORDS: Record<Condition, string> = {
  running: 'runs',
  stopped: 'is stopped',
  failed: 'has failed',
  crash_loop: 'is in a crash loop',
  not_answering: 'does not answer',
  not_found: 'is not there',
  changing: 'is changing',
  unknown: 'is unknown',
  paused: 'is paused',
};
