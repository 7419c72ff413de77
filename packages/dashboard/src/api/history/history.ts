import { type Action, type ActionStatus, api } from '@homelabcmd/protocol';
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { reduceActions, useOpenActions } from '../actions.ts';
import { ask, call } from '../call.ts';
import { liveQuery } from '../live/live-query.ts';
import { type HistoryFilter, belongs, queryOf } from './filter.ts';

/** Several actions that move on together are counted again once. */
const COUNT_AGAIN_MS = 400;

export interface ActionPage {
  readonly actions: readonly Action[];
  readonly total: number;
}

/** One page of the history, newest first. */
export const historyQuery = (filter: HistoryFilter, limit: number, offset: number) =>
  liveQuery<ActionPage>({
    key: ['actions', 'history', queryOf(filter), limit, offset],
    read: async (signal) => {
      const { body, asOf } = await ask(api.listActions, {
        query: { ...queryOf(filter), limit, offset },
        signal,
      });
      return { body: { actions: body.actions, total: body.total }, asOf };
    },
    reduce: (page, fact) => {
      const told = 'action' in fact.data ? fact.data.action.action_id : null;
      const isKnown = page.actions.some((action) => action.action_id === told);
      // What is new stands on the first page; the later pages only keep true what they show.
      if (!isKnown && offset > 0) return page;
      const actions = reduceActions(page.actions, fact, (action) => belongs(filter, action));
      if (actions === page.actions) return page;
      // The hub lists them by number; one that was asked for long ago and ends now does not stand first.
      const ordered = actions.toSorted((a, b) => b.action_id - a.action_id);
      const total = page.total + actions.length - page.actions.length;
      return { actions: ordered.slice(0, limit), total };
    },
  });

export const useHistory = (filter: HistoryFilter, limit: number, offset: number) =>
  useQuery({ ...historyQuery(filter, limit, offset), placeholderData: keepPreviousData });

export type Counts = Partial<Record<ActionStatus, number>>;

const countsQuery = (filter: HistoryFilter) => {
  const { status: _, ...query } = queryOf(filter);
  return queryOptions({
    queryKey: ['actions', 'counts', query],
    queryFn: async ({ signal }): Promise<Counts> =>
      (await call(api.listActions, { query: { ...query, limit: 1 }, signal })).counts,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
};

/** How many actions are in each status under the other filters, counted again by the hub when one has moved on. */
export function useCounts(filter: HistoryFilter): Counts | undefined {
  const client = useQueryClient();
  const open = useOpenActions().data;
  const counts = useQuery(countsQuery(filter)).data;
  useEffect(() => {
    if (open === undefined) return;
    const again = () => void client.invalidateQueries({ queryKey: ['actions', 'counts'] });
    const timer = setTimeout(again, COUNT_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [client, open]);
  return counts;
}
