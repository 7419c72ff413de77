import { type TimelineEntry, api } from '@homelabcmd/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../call.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How much around a moment is shown, by what stands in the address. */
export const AROUND = {
  '10min': { word: '10 min', ms: 10 * MINUTE_MS },
  '1h': { word: '1 h', ms: HOUR_MS },
  '6h': { word: '6 h', ms: 6 * HOUR_MS },
  '24h': { word: '24 h', ms: 24 * HOUR_MS },
} as const;
export type Around = keyof typeof AROUND;

export const aroundOf = (text: string | undefined): Around =>
  text !== undefined && Object.hasOwn(AROUND, text) ? (text as Around) : '1h';

export interface Window {
  readonly serverId: string;
  readonly service: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The time around a moment, that is in its middle. */
export function windowAround(atMs: number, around: Around): { fromMs: number; toMs: number } {
  const half = AROUND[around].ms / 2;
  return { fromMs: atMs - half, toMs: atMs + half };
}

/** The moment that an address names; `null` where it names none that can be shown. */
export function momentOf(text: string | undefined): number | null {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return ms >= AROUND['24h'].ms && ms < Date.UTC(9999, 0) ? ms : null;
}

export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  readonly is_cut: boolean;
}

const timelineQuery = ({ serverId, service, fromMs, toMs }: Window) =>
  queryOptions({
    queryKey: ['timeline', serverId, service ?? null, fromMs, toMs],
    queryFn: ({ signal }): Promise<Timeline> =>
      call(api.serverTimeline, {
        params: { server_id: serverId },
        query: {
          ...{ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
          service_name: service,
        },
        signal,
      }),
    staleTime: 30_000,
    // What is told of the server may be a part of it, as long as that time runs.
    meta: {
      outdates: (_: unknown, fact: { server_id: string | null; at: string }) =>
        fact.server_id === serverId && Date.parse(fact.at) <= toMs,
    },
  });

/** All that is known of a server, or of one of its services, in a time. */
export const useTimeline = (window: Window) => useQuery(timelineQuery(window));
