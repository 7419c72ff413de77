import { type AuditEntry, api } from '@homelabcmd/protocol';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { liveQuery } from '../live/live-query.ts';
import { type AuditFilter, queryOf } from './filter.ts';

const PAGE = 50;
/** More than that at once is not shown one by one: the list is read anew. */
const MOST_NEW = 500;

type Query = ReturnType<typeof queryOf>;

/** What has come after an entry. Whatever happens may have left an entry; which one, the hub knows. */
const newerQuery = (query: Query, after: number | undefined) =>
  liveQuery<{ entries: readonly AuditEntry[]; hasMore: boolean }>({
    key: ['audit', 'newer', query, after ?? 0],
    read: async (signal) => {
      const { body, asOf } = await ask(api.listAudit, {
        query: { ...query, after, limit: MOST_NEW },
        signal,
      });
      return { body: { entries: body.entries, hasMore: body.next_cursor !== null }, asOf };
    },
    reduce: (data) => data,
    outdates: () => true,
  });

/** Entries under a filter, newest first, as far down as has been asked for. */
export function useAudit(filter: AuditFilter) {
  const query = queryOf(filter);
  const pages = useInfiniteQuery({
    queryKey: ['audit', 'entries', query],
    queryFn: ({ pageParam, signal }) =>
      call(api.listAudit, { query: { ...query, limit: PAGE, cursor: pageParam }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const known = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  const isOld = pages.isPlaceholderData;
  const newer = useQuery({
    ...newerQuery(query, known[0]?.entry),
    enabled: pages.data !== undefined && !isOld,
  });
  const { refetch } = pages;
  const fresh = isOld ? [] : (newer.data?.entries ?? []);
  return {
    entries: [...fresh, ...known],
    pageCount: pages.data?.pages.length ?? 0,
    /** They are those of the filter before, while the new ones are on their way. */
    isOld,
    isPending: pages.isPending,
    error: pages.data === undefined ? pages.error : null,
    again: () => void refetch(),
    /** There is more that is new than is kept: what lies between is not here. */
    hasGap: newer.data?.hasMore === true && !isOld,
    hasOlder: pages.hasNextPage,
    isReadingOlder: pages.isFetchingNextPage,
    hasOlderFailed: pages.isFetchNextPageError,
    older: () => void pages.fetchNextPage(),
  };
}
