import { type Action, type Server, type Service, isNotAnswering, needsAttention } from '@homelabcmd/protocol';

/** One thing that needs a person. A failed service and its restart are one thing, not two. */
export type Need =
  | {
      readonly kind: 'service';
      readonly key: string;
      readonly service: Service;
      readonly action: Action | undefined;
    }
  | { readonly kind: 'action'; readonly key: string; readonly action: Action }
  | { readonly kind: 'server'; readonly key: string; readonly server: Server };

interface Fleet {
  readonly servers: readonly Server[];
  readonly expected: readonly Service[];
  readonly openActions: readonly Action[];
}

const keyOf = (thing: { server_id: string; target: string }): string => `${thing.server_id} ${thing.target}`;

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
  }
}

/**
 * Everything that needs a person, worst first, then oldest. What is known of a silent server is not current, so its
 * services are not counted; when it is offline, it is the thing that needs someone.
 */
export function needsOf({ servers, expected, openActions }: Fleet): readonly Need[] {
  const openByKey = new Map(openActions.map((action) => [keyOf(action), action]));
  const down = expected.filter((service) => !service.stale && needsAttention(service));
  const downKeys = new Set(down.map(keyOf));
  const needs: Need[] = [
    ...down.map((service): Need => {
      const key = `need service ${keyOf(service)}`;
      return { kind: 'service', key, service, action: openByKey.get(keyOf(service)) };
    }),
    ...servers
      .filter((server) => server.liveness === 'offline' && !server.maintenance.on)
      .map((server): Need => ({ kind: 'server', key: `need server ${server.server_id}`, server })),
    ...openActions
      .filter((action) => action.status === 'pending' || action.status === 'unknown')
      .filter((action) => !downKeys.has(keyOf(action)))
      .map((action): Need => ({ kind: 'action', key: `need action ${action.action_id}`, action })),
  ];
  return needs.toSorted((a, b) => weight(a) - weight(b) || (sinceOf(a) < sinceOf(b) ? -1 : 1));
}

/** The tone of the line under the header: a failure or a lost server, a smaller trouble, or nothing. */
export function toneOf(needs: readonly Need[]): 'bad' | 'warn' | 'well' {
  const weights = needs.map(weight);
  if (weights.some((each) => each <= 2)) return 'bad';
  return weights.some((each) => each <= 4) ? 'warn' : 'well';
}

/** Online, and none of its critical services down. */
export function countHealthy({ servers, expected }: Fleet): number {
  const sick = new Set(
    expected
      .filter((service) => service.critical && needsAttention(service))
      .map((service) => service.server_id),
  );
  return servers.filter((server) => server.liveness === 'online' && !sick.has(server.server_id)).length;
}
