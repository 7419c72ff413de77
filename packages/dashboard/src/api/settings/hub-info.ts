import { api } from '@homelabcmd/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../call.ts';

/** It tells of sizes and counts that change all the time, so it is asked for each time that it is looked at. */
const hubInfoQuery = queryOptions({
  queryKey: ['hub'],
  queryFn: ({ signal }) => call(api.hubInfo, { signal }),
  staleTime: 0,
});

export const useHubInfo = () => useQuery(hubInfoQuery);
