import { type Action, type Service, isDown, needsAttention } from '@homelabcmd/protocol';
import { isCrashLoop, shownStatus } from '../../api/vocabulary/service.ts';

/** What comes first: what should run and does not, then what is open, then the rest by name. */
function rank(service: Service, hasOpenAction: boolean): number {
  const status = shownStatus(service);
  if (status === 'failed') return service.expected ? 0 : 3;
  if (service.expected && isCrashLoop(service)) return 1;
  if (service.expected && (isDown(status) || status === 'not_found')) return 2;
  if (hasOpenAction) return 4;
  return service.expected ? 5 : 6;
}

export function inOrder(services: readonly Service[], openByTarget: ReadonlyMap<string, Action>): Service[] {
  const ranks = new Map(
    services.map((service) => [service, rank(service, openByTarget.has(service.target))]),
  );
  return services.toSorted((a, b) => {
    const byRank = (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0);
    return byRank !== 0 ? byRank : a.service_name.localeCompare(b.service_name);
  });
}

/** What the short list holds: what is expected, and what needs a look although nobody expected it. */
export const isInShortList = (service: Service, openByTarget: ReadonlyMap<string, Action>): boolean =>
  service.expected || shownStatus(service) === 'failed' || openByTarget.has(service.target);

export interface ServiceCounts {
  readonly running: number;
  readonly expected: number;
  /** Should run and do not, as far as is known now. */
  readonly down: number;
}

export function countServices(services: readonly Service[]): ServiceCounts {
  const expected = services.filter((service) => service.expected);
  return {
    running: expected.filter((service) => shownStatus(service) === 'running').length,
    expected: expected.length,
    down: expected.filter((service) => !service.stale && needsAttention(service)).length,
  };
}
