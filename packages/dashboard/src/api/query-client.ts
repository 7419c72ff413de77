import { MutationCache, QueryCache, QueryClient, notifyManager } from '@tanstack/react-query';
import { ApiProblem, hasCode } from './problem.ts';

const RETRIES = 2;

// The default waits for a timer before it tells a component of a change; a fact is to be on the page at once.
notifyManager.setScheduler(queueMicrotask);

/** The cache of everything that the hub has told. `onSignedOut`: the session has ended. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (hasCode(error, 'unauthenticated')) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (failures, error) =>
          error instanceof ApiProblem && error.problem.status >= 500 && failures < RETRIES,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
