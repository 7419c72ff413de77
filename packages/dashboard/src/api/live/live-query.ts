import type { LiveEvent } from '@homelabcmd/protocol';
import { notifyManager, type QueryClient, queryOptions } from '@tanstack/react-query';
import type { Answer } from '../call.ts';
import { factLogOf } from './fact-log.ts';
import { type Outdates, rereadIfOutdated } from './reread.ts';

type Reduce<T> = (data: T, fact: LiveEvent) => T;

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly reduce?: Reduce<unknown>; readonly outdates?: Outdates<unknown> };
  }
}

const TRIES = 3;
const asOfByClient = new WeakMap<QueryClient, Map<string, number>>();

function asOfMap(client: QueryClient): Map<string, number> {
  const map = asOfByClient.get(client) ?? new Map<string, number>();
  asOfByClient.set(client, map);
  return map;
}

/**
 * A question whose answer is kept true by the stream. `reduce` gives the data as it is after a fact, and the very same
 * object when the fact does not concern it: that is what keeps every other part of the page from rendering.
 */
export function liveQuery<T extends object>(spec: {
  readonly key: readonly unknown[];
  readonly read: (signal: AbortSignal) => Promise<Answer<T>>;
  readonly reduce: Reduce<T>;
  readonly outdates?: Outdates<T>;
}) {
  const { outdates } = spec;
  return queryOptions({
    queryKey: spec.key,
    queryFn: async ({ client, signal }): Promise<T> => {
      for (let tries = 1; ; tries += 1) {
        const { body, asOf } = await spec.read(signal);
        const missed = factLogOf(client).after(asOf);
        // Too old for the facts that are kept: what happened in between is known to the hub alone, so ask again.
        if (missed === null && tries < TRIES) continue;
        asOfMap(client).set(JSON.stringify(spec.key), asOf);
        return (missed ?? []).reduce(spec.reduce, body);
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    meta: {
      reduce: (data, fact) => spec.reduce(data as T, fact),
      ...(outdates && { outdates: (data, fact) => outdates(data as T, fact) }),
    },
  });
}

/** Brings every answer in the cache up to a fact. */
export const applyFact = (client: QueryClient, fact: LiveEvent): void => applyFacts(client, [fact]);

/** The same for several facts, oldest first: the page is told once. */
export function applyFacts(client: QueryClient, facts: readonly LiveEvent[]): void {
  notifyManager.batch(() => {
    for (const query of client.getQueryCache().getAll()) {
      for (const fact of facts) rereadIfOutdated(client, query, fact);
      const reduce = query.meta?.reduce;
      const data: unknown = query.state.data;
      if (reduce === undefined || data === undefined) continue;
      const next = facts.reduce(reduce, data);
      if (next !== data) client.setQueryData(query.queryKey, next);
    }
  });
}

/** The stream begins at `head` for the first time: what was read before that, and is older, is read again. */
export function refreshOlderThan(client: QueryClient, head: number): void {
  const asOf = asOfMap(client);
  void client.invalidateQueries({
    predicate: (query) =>
      query.meta?.reduce !== undefined &&
      query.state.data !== undefined &&
      (asOf.get(JSON.stringify(query.queryKey)) ?? 0) < head,
  });
}

/** Facts were lost: what is on the page is read again, and what is not is forgotten. */
export function refreshAll(client: QueryClient): void {
  client.removeQueries({ type: 'inactive' });
  void client.invalidateQueries();
}
