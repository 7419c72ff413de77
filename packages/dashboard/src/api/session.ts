import { PROBLEMS, type Session, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { call } from './call.ts';
import { ApiProblem } from './problem.ts';

/** The session of somebody. */
export type OwnSession = Session & Required<{ [K in 'principal' | 'hub']: NonNullable<Session[K]> }>;

/** @throws ApiProblem `unauthenticated` for the session of nobody */
export function ownSession(session: Session): OwnSession {
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

/** Asks again who is signed in, and what they may do. */
export const readSessionAgain = (client: QueryClient): Promise<OwnSession> =>
  client.fetchQuery({ ...sessionQuery, staleTime: 0 });

/** Ends the session. What the cache holds is the caller's to clear, once nothing on the page reads it. */
export async function signOut(): Promise<void> {
  await call(api.signOut, {});
}
