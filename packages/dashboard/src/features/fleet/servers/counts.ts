import { type Service, findingOf, isUp, needsAttention } from '@homelabcmd/protocol';
import { isBroken } from '../needs-you.ts';

export interface ServerCounts {
  readonly expected: number;
  readonly running: number;
  readonly down: number;
  readonly hasFailed: boolean;
  readonly hasCriticalDown: boolean;
}

/** How the services that should run on one server are. */
export function countsOf(expected: readonly Service[]): ServerCounts {
  const down = expected.filter(needsAttention);
  return {
    expected: expected.length,
    running: expected.filter((service) => isUp(findingOf(service))).length,
    down: down.length,
    hasFailed: down.some(isBroken),
    hasCriticalDown: down.some((service) => service.critical),
  };
}

/** The services by server. A server whose services did not change keeps the very same list. */
export function groupByServer(
  expected: readonly Service[],
  before: ReadonlyMap<string, readonly Service[]>,
): ReadonlyMap<string, readonly Service[]> {
  const groups: Map<string, readonly Service[]> = Map.groupBy(expected, (service) => service.server_id);
  let isAllSame = groups.size === before.size;
  for (const [serverId, services] of groups) {
    const known = before.get(serverId);
    const isSame =
      known?.length === services.length && known.every((service, at) => service === services[at]);
    if (isSame) groups.set(serverId, known);
    else isAllSame = false;
  }
  return isAllSame ? before : groups;
}
