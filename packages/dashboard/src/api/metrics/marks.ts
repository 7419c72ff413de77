import { type LiveEvent, type ResponseOf, api } from '@homelabcmd/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { hubNowMs } from '../../lib/hub-clock.ts';
import { call } from '../call.ts';
import { outdatesDay } from '../fleet/day.ts';
import { type Shown, spanOf } from './ranges.ts';

type Marks = ResponseOf<typeof api.serverMarks>;

/** What happened on a server in the time that its charts show; read again when something does. */
const marksQuery = (serverId: string, shown: Shown) =>
  queryOptions({
    queryKey: ['server-marks', serverId, shown],
    queryFn: ({ signal }): Promise<Marks> =>
      call(api.serverMarks, {
        params: { server_id: serverId },
        query: spanOf(shown, hubNowMs()),
        signal,
      }),
    staleTime: 60_000,
    meta: {
      outdates: (marks, fact: LiveEvent) => fact.server_id === serverId && outdatesDay(marks as Marks, fact),
    },
  });

export const useServerMarks = (serverId: string, shown: Shown) => useQuery(marksQuery(serverId, shown));
