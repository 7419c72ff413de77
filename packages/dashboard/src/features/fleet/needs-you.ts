import {
  type Action,
  type Alert,
  type Server,
  type Service,
  isNotAnswering,
  needsAttention,
} from '@homelabcmd/protocol';
import { needsSomeone } from '../../api/alerts/open-alerts.ts';

/** One thing that needs a person. A failed service and its restart are one thing, not two. */
export type Need =
  | {
      readonly kind: 'service';
      readonly key: string;
      readonly service: Service;
      readonly action: Action | undefined;
    }
  | { readonly kind: 'action'; readonly key: string; readonly action: Action }
  | { readonly kind: 'server'; readonly key: string; readonly server: Server }
  | { readonly kind: 'alert'; readonly key: string; readonly alert: Alert };

interface Fleet {
  readonly servers: readonly Server[];
  readonly expected: readonly Service[];
  readonly openActions: readonly Action[];
  readonly openAlerts: readonly Alert[];
}

const keyOf = (thing: { server_id: string; target: string }): string => `${thing.server_id} ${thing.target}`;

/** What an alert is about, as a service is named; of a server as a whole its id alone. */
const subjectOf = ({ server_id, subject }: Alert): string => `${server_id} ${subject ?? ''}`;

/** It does not do its work, and nobody stopped it. */
export const isBroken = (service: Service): boolean =>
  service.status === 'failed' || service.state_class === 'crash_loop' || isNotAnswering(service);

/** 0 is worst. */
function weight(need: Need): number {
  switch (need.kind) {
    case 'service':
      if (need.service.critical) return 0;
      return isBroken(need.service) ? 1 : 4;
    case 'server':
      return 2;
    case 'action':
      return need.action.status === 'unknown' ? 3 : 5;
    case 'alert':
      return { critical: 1, warning: 4, info: 5 }[need.alert.severity];
  }
}

/** When the trouble began; a service that does not answer has run for longer than that. */
export const sinceOfTrouble = (service: Service): string | null =>
  isNotAnswering(service) ? (service.probe_report?.since ?? null) : service.since;

function sinceOf(need: Need): string {
  switch (need.kind) {
    case 'service':
      return sinceOfTrouble(need.service) ?? need.service.observed_at ?? '';
    case 'server':
      return need.server.liveness_since;
    case 'action':
      return need.action.created_at;
    case 'alert':
      return need.alert.since;
  }
}

/**
 * Everything that needs a person, worst first, then oldest. What is known of a silent server is not current, so its
 * services are not counted; when it is offline, it is the thing that needs someone. What somebody looks after, or wants to
 * hear nothing of, needs nobody; and an alert of what stands here already is not counted again.
 */
export function needsOf({ servers, expected, openActions, openAlerts }: Fleet): readonly Need[] {
  const openByKey = new Map(openActions.map((action) => [keyOf(action), action]));
  const seenTo = new Set(
    openAlerts
      .filter(({ kind, state, silenced }) => STATES.has(kind) && (state !== 'firing' || silenced !== null))
      .map(subjectOf),
  );
  const down = expected.filter(
    (service) =>
      !service.stale &&
      needsAttention(service) &&
      !seenTo.has(`${service.server_id} ${service.service_name}`),
  );
  const downKeys = new Set(down.map(keyOf));
  const offline = servers.filter(
    ({ liveness, maintenance, server_id }) =>
      liveness === 'offline' && !maintenance.on && !seenTo.has(`${server_id} `),
  );
  const needs: Need[] = [
    ...down.map((service): Need => {
      const key = `need service ${keyOf(service)}`;
      return { kind: 'service', key, service, action: openByKey.get(keyOf(service)) };
    }),
    ...offline.map((server): Need => ({ kind: 'server', key: `need server ${server.server_id}`, server })),
    ...openActions
      .filter((action) => action.status === 'pending' || action.status === 'unknown')
      .filter((action) => !downKeys.has(keyOf(action)))
      .map((action): Need => ({ kind: 'action', key: `need action ${action.action_id}`, action })),
  ];
  const told = new Set(needs.map(aboutOf));
  const others = openAlerts
    .filter((alert) => needsSomeone(alert) && !told.has(subjectOf(alert)))
    .filter((alert) => !hasPassed(alert, servers, expected))
    .map((alert): Need => ({ kind: 'alert', key: `need alert ${alert.alert_id}`, alert }));
  return [...needs, ...others].toSorted(
    (a, b) => weight(a) - weight(b) || (sinceOf(a) < sinceOf(b) ? -1 : 1),
  );
}

/** Alerts that only say what the state of a service or server says. */
const STATES: ReadonlySet<Alert['kind']> = new Set(['service_down', 'server_offline']);

/** What a thing that is listed is about, as an alert names it. */
function aboutOf(need: Need): string {
  switch (need.kind) {
    case 'service':
      return `${need.service.server_id} ${need.service.service_name}`;
    case 'server':
      return `${need.server.server_id} `;
    case 'action':
      return `${need.action.server_id} ${need.action.service_name}`;
    case 'alert':
      return subjectOf(need.alert);
  }
}

/** It tells of a state that is over: the hub is about to say so of the alert, too. One that flaps is told until it is calm. */
function hasPassed(alert: Alert, servers: readonly Server[], expected: readonly Service[]): boolean {
  if (alert.flapping) return false;
  const { kind, server_id, subject } = alert;
  if (kind === 'server_offline')
    return servers.some((server) => server.server_id === server_id && server.liveness === 'online');
  return (
    kind === 'service_down' &&
    expected.some(
      (service) =>
        service.server_id === server_id &&
        service.service_name === subject &&
        !service.stale &&
        !needsAttention(service),
    )
  );
}

/** The tone of the line under the header: a failure or a lost server, a smaller trouble, or nothing. */
export function toneOf(needs: readonly Need[]): 'bad' | 'warn' | 'well' {
  const weights = needs.map(weight);
  if (weights.some((each) => each <= 2)) return 'bad';
  return weights.some((each) => each <= 4) ? 'warn' : 'well';
}

/** Online, and none of its critical services down. */
export function countHealthy({ servers, expected }: Pick<Fleet, 'servers' | 'expected'>): number {
  const sick = new Set(
    expected
      .filter((service) => service.critical && needsAttention(service))
      .map((service) => service.server_id),
  );
  return servers.filter((server) => server.liveness === 'online' && !sick.has(server.server_id)).length;
}
