import type { LiveEvent } from '@homelabcmd/protocol';
import type { Query, QueryClient } from '@tanstack/react-query';

/** Long enough for the hub to have taken the fact in, and for a burst of facts to be one question. */
const REREAD_AFTER_MS = 1000;

/** Whether an answer must be read again because of a fact from which the page cannot tell what it is now. */
export type Outdates<T> = (data: T, fact: LiveEvent) => boolean;

const waiting = new WeakMap<QueryClient, Set<string>>();

/** Reads an answer again a moment after a fact has outdated it: once, however many facts do. */
export function rereadIfOutdated(client: QueryClient, query: Query, fact: LiveEvent): void {
  const outdates = query.meta?.outdates;
  if (outdates === undefined || query.state.data === undefined) return;
  const waits = waiting.get(client) ?? new Set();
  waiting.set(client, waits);
  if (waits.has(query.queryHash) || !outdates(query.state.data, fact)) return;
  waits.add(query.queryHash);
  setTimeout(() => {
    waits.delete(query.queryHash);
    void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }, REREAD_AFTER_MS);
}
