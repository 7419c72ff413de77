import { PROBLEMS, type Session, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { call } from './call.ts';
import { ApiProblem } from './problem.ts';

/** The session of somebody. */
export type OwnSession = Session & Required<{ [K in 'principal' | 'hub']: NonNullable<Session[K]> }>;

function ownSession(session: Session): OwnSession {
  const { principal, hub } = session;
  if (principal === null || hub === null)
    throw new ApiProblem({
      type: 'about:blank',
      ...PROBLEMS.unauthenticated,
      code: 'unauthenticated',
      detail: 'Nobody is signed in.',
    });
  return { ...session, principal, hub };
}

/** Who is signed in. Fails with `unauthenticated` when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<OwnSession> => ownSession(await call(api.whoAmI, { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const useSession = () => useQuery(sessionQuery);

/** @throws ApiProblem `unauthenticated` when the key is not known, `too_many` after too many tries */
export async function signIn(client: QueryClient, apiKey: string): Promise<void> {
  const session = ownSession(await call(api.signIn, { body: { api_key: apiKey } }));
  client.clear();
  client.setQueryData(sessionQuery.queryKey, session);
}

/** Ends the session. What the cache holds is the caller's to clear, once nothing on the page reads it. */
export async function signOut(): Promise<void> {
  await call(api.signOut, {});
}
