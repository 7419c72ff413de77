import { type Action, type Service, isUp, needsAttention } from '@homelabcmd/protocol';
import { isCrashLoop, isSilent, shownFinding, shownStatus } from '../../api/vocabulary/service.ts';

/** What comes first: what should run and does not, then what is open, then what is expected, then the rest. */
function group(service: Service, hasOpenAction: boolean): number {
  if (isNeedy(service)) return 0;
  if (shownStatus(service) === 'failed' && !service.expected) return 1;
  if (hasOpenAction) return 2;
  if (!service.expected) return 5;
  return service.enabled ? 3 : 4;
}

/** Among those that need someone, the worst first. */
function badness(service: Service): number {
  if (shownStatus(service) === 'failed') return 0;
  if (isCrashLoop(service)) return 1;
  return isSilent(service) ? 2 : 3;
}

const isNeedy = (service: Service): boolean => !service.stale && needsAttention(service);

export function inOrder(services: readonly Service[], openByTarget: ReadonlyMap<string, Action>): Service[] {
  const groups = new Map(
    services.map((service) => [service, group(service, openByTarget.has(service.target))]),
  );
  const groupOf = (service: Service) => groups.get(service) ?? 0;
  return services.toSorted(
    (a, b) =>
      groupOf(a) - groupOf(b) ||
      Number(b.critical) - Number(a.critical) ||
      (groupOf(a) === 0 ? badness(a) - badness(b) : 0) ||
      a.service_name.localeCompare(b.service_name),
  );
}

/** What the short list holds: what is expected, and what needs a look although nobody expected it. */
export const isInShortList = (service: Service, openByTarget: ReadonlyMap<string, Action>): boolean =>
  service.expected || shownStatus(service) === 'failed' || openByTarget.has(service.target);

export interface ServiceCounts {
  readonly running: number;
  readonly expected: number;
  /** Should run, or answer, and do not, as far as is known now. */
  readonly down: number;
  /** Of those, the ones that run. */
  readonly silent: number;
  readonly paused: number;
}

export function countServices(services: readonly Service[]): ServiceCounts {
  const expected = services.filter((service) => service.expected);
  const needy = expected.filter(isNeedy);
  const silent = needy.filter(isSilent).length;
  return {
    running: expected.filter((service) => shownStatus(service) === 'running' || isUp(shownFinding(service)))
      .length,
    expected: expected.length,
    down: needy.length - silent,
    silent,
    paused: expected.filter((service) => !service.enabled).length,
  };
}
