import { api } from '@homelabcmd/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../call.ts';

/** It tells of sizes that change all the time, so it is asked for each time that it is looked at. */
const keptQuery = queryOptions({
  queryKey: ['kept'],
  queryFn: ({ signal }) => call(api.whatIsKept, { signal }),
  staleTime: 0,
});

export const useWhatIsKept = () => useQuery(keptQuery);
