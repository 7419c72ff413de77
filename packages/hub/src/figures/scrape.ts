import type { ServerMetrics } from '@homelabcmd/protocol';
import type { EngineInfo } from '../store/engine-info.ts';
import type { Durations } from './durations.ts';
import type { EndedActions } from './ended.ts';
import { counter, exposition, tallied } from './exposition.ts';
import { fleetFamilies } from './fleet.ts';
import { type OwnFigures, ownFamilies } from './own.ts';
import type { StandingReader } from './standing.ts';

export interface ScrapeParts {
  readonly standing: StandingReader;
  readonly ended: EndedActions;
  readonly durations: Durations;
  readonly own: () => OwnFigures;
  readonly engine: () => Promise<EngineInfo>;
  readonly readings: (serverId: string) => ServerMetrics | undefined;
  readonly now: () => string;
}

/** All that there is to tell Prometheus, in its text format. */
export async function scrape(parts: ScrapeParts): Promise<string> {
  const standing = await parts.standing.read();
  const engine = await parts.engine();
  return exposition([
    ...fleetFamilies(standing, parts.readings, parts.now()),
    counter(
      'homelabcmd_actions_requested_total',
      'Actions that were asked for since the hub started.',
      parts.ended.requested,
    ),
    tallied(
      ...(['counter', 'homelabcmd_actions_ended_total'] as const),
      'Actions that came to their end since the hub started, by how.',
      'outcome',
      parts.ended.byOutcome,
    ),
    ...ownFamilies(parts.own(), engine),
    parts.durations.family(
      'homelabcmd_http_request_duration_seconds',
      'How long requests took, the live stream apart, by method and class of status.',
    ),
  ]);
}
