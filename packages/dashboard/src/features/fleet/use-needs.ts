import { type Action, type Alert, type Server, type Service, isInGrace } from '@homelabcmd/protocol';
import { useOpenActions } from '../../api/actions.ts';
import { useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { useServers } from '../../api/servers.ts';
import { useExpected } from '../../api/services.ts';
import { hubNowMs, useTicking } from '../../lib/hub-clock.ts';
import { countHealthy, type Need, needsOf } from './needs-you.ts';

interface Needs {
  readonly needs: readonly Need[];
  readonly healthy: number;
  /** False while a part of the fleet has not been read: then nothing may be called well. */
  readonly isKnown: boolean;
}

type Parts = readonly [
  servers: readonly Server[] | undefined,
  expected: readonly Service[] | undefined,
  openActions: readonly Action[] | undefined,
  openAlerts: readonly Alert[] | undefined,
  /** So many services are down for less than their grace time. */
  inGrace: number,
];

export function useNeeds(): Needs {
  const expected = useExpected().data;
  const inGrace = useTicking((nowMs) => expected?.filter((service) => isInGrace(service, nowMs)).length ?? 0);
  return needsIn([useServers().data, expected, useOpenActions().data, useOpenAlerts().data, inGrace]);
}

/** The header's line and the page ask the same on each change: it is worked out once. */
let newest: { readonly parts: Parts; readonly needs: Needs } | null = null;

function needsIn(parts: Parts): Needs {
  if (newest !== null && newest.parts.every((part, at) => part === parts[at])) return newest.needs;
  const [servers = [], expected = [], openActions = [], openAlerts = []] = parts;
  const nowMs = hubNowMs();
  const fleet = {
    ...{ servers, openActions, openAlerts },
    expected: expected.filter((service) => !isInGrace(service, nowMs)),
  };
  const needs: Needs = {
    needs: keepSame(needsOf(fleet), newest?.needs.needs ?? []),
    healthy: countHealthy(fleet),
    isKnown: parts.every((part) => part !== undefined),
  };
  newest = { parts, needs };
  return needs;
}

/** What did not change stays the very same object, so that its row is not drawn anew. */
function keepSame(needs: readonly Need[], before: readonly Need[]): readonly Need[] {
  const known = new Map(before.map((need) => [need.key, need]));
  const kept = needs.map((need) => {
    const old = known.get(need.key);
    return old !== undefined && isSame(old, need) ? old : need;
  });
  return kept.length === before.length && kept.every((need, at) => need === before[at]) ? before : kept;
}

function isSame(left: Need, right: Need): boolean {
  if (left.kind === 'service' && right.kind === 'service')
    return left.service === right.service && left.action === right.action;
  if (left.kind === 'action' && right.kind === 'action') return left.action === right.action;
  if (left.kind === 'alert' && right.kind === 'alert') return left.alert === right.alert;
  return left.kind === 'server' && right.kind === 'server' && left.server === right.server;
}
