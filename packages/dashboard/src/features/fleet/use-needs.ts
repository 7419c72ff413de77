import type { Action, Alert, Server, Service } from '@homelabcmd/protocol';
import { useOpenActions } from '../../api/actions.ts';
import { useOpenAlerts } from '../../api/alerts/open-alerts.ts';
import { useServers } from '../../api/servers.ts';
import { useExpected } from '../../api/services.ts';
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
];

export const useNeeds = (): Needs =>
  needsIn([useServers().data, useExpected().data, useOpenActions().data, useOpenAlerts().data]);

/** The header's line and the page ask the same on each change: it is worked out once. */
let newest: { readonly parts: Parts; readonly needs: Needs } | null = null;

function needsIn(parts: Parts): Needs {
  if (newest !== null && newest.parts.every((part, at) => part === parts[at])) return newest.needs;
  const [servers = [], expected = [], openActions = [], openAlerts = []] = parts;
  const fleet = { servers, expected, openActions, openAlerts };
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
