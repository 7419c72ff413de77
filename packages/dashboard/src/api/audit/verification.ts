import { type Verification, api } from '@homelabcmd/protocol';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../call.ts';

/** While a check runs, it is asked so often how far it has come. */
const LOOK_AGAIN_MS = 400;

const verificationQuery = queryOptions({
  queryKey: ['audit', 'verification'],
  queryFn: ({ signal }): Promise<Verification> => call(api.readVerification, { signal }),
  refetchInterval: ({ state }) => (state.data?.running ? LOOK_AGAIN_MS : false),
});

/** What the last check of the chain came to, and how far one has come that runs. */
export const useVerification = () => useQuery(verificationQuery);

/** Begins a check of the whole chain. */
export function useStartVerification() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.startVerification, {}),
    onSuccess: (state) => client.setQueryData(verificationQuery.queryKey, state),
  });
}
