import { QueryCache, QueryClient, hashKey, notifyManager } from '@tanstack/react-query';
import { ApiProblem, hasCode } from './problem.ts';
import { sessionQuery } from './session.ts';

const RETRIES = 2;
const SESSION_HASH = hashKey(sessionQuery.queryKey);

// The default waits for a timer before it tells a component of a change; a fact is to be on the page at once.
notifyManager.setScheduler(queueMicrotask);

/** The cache of everything that the hub has told. `onSignedOut`: an answer has shown that the session has ended. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // Whoever asks who is signed in deals with "nobody" himself.
        if (hasCode(error, 'unauthenticated') && query.queryHash !== SESSION_HASH) onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (failures, error) =>
          error instanceof ApiProblem && error.problem.status >= 500 && failures < RETRIES,
      },
    },
  });
}

/** Forgets who is signed in, so that it is asked for anew. */
export function forgetSession(client: QueryClient): void {
  client.removeQueries({ queryKey: sessionQuery.queryKey });
}
