import { type MetricHistory, api } from '@homelabcmd/protocol';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { hubNowMs } from '../../lib/hub-clock.ts';
import { addressOf, call } from '../call.ts';
import { RANGES, type Shown, spanOf } from './ranges.ts';

/** About as many as a chart has pixels. */
const POINTS = 370;
/** So many minutes an hour has, with the one that runs. */
const MINUTES = 62;
/** What an agent told afterwards is known by the minute: a gap as long as this may be filled so. */
const GAP_STEPS = 12;

async function readHistory(serverId: string, shown: Shown, signal: AbortSignal): Promise<MetricHistory> {
  const read = (points: number) =>
    call(api.serverMetrics, {
      params: { server_id: serverId },
      query: { ...spanOf(shown, hubNowMs()), points },
      signal,
    });
  const history = await read(POINTS);
  if (history.tier !== '10s' || !hasLongGap(history)) return history;
  const byMinute = await read(MINUTES);
  return byMinute.backfilled.length > 0 ? byMinute : history;
}

function hasLongGap({ series }: MetricHistory): boolean {
  let gap = 0;
  return (series[0]?.mean ?? []).some((value) => {
    gap = value === null ? gap + 1 : 0;
    return gap >= GAP_STEPS;
  });
}

/** What is over does not change any more. */
function againMs(shown: Shown): number | false {
  if (typeof shown === 'string') return RANGES[shown].againMs;
  return shown.toMs > hubNowMs() && RANGES['6h'].againMs;
}

const historyQuery = (serverId: string, shown: Shown) =>
  queryOptions({
    queryKey: ['metric-history', serverId, shown],
    queryFn: ({ signal }) => readHistory(serverId, shown, signal),
    placeholderData: (previous) => (typeof shown === 'string' ? keepPreviousData(previous) : undefined),
    staleTime: 30_000,
    refetchInterval: () => againMs(shown),
  });

/** The readings of a server. */
export const useMetricHistory = (serverId: string, shown: Shown) => useQuery(historyQuery(serverId, shown));

/** Where the browser fetches them as a file. */
export const metricsAddress = (serverId: string, shown: Shown, format: 'csv' | 'json'): string =>
  addressOf(api.exportMetrics, { ...spanOf(shown, hubNowMs()), format }, { server_id: serverId });
