import { type OpenSession, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';

const PAGE = 500;
const KEY = 'sessions';

export type Whose = 'mine' | 'all';

const sessionsQuery = (whose: Whose) =>
  queryOptions({
    queryKey: [KEY, whose],
    queryFn: async ({ signal }): Promise<readonly OpenSession[]> => {
      const { body } = await everyPage(async (offset) => {
        const answer = await ask(api.listSessions, { query: { limit: PAGE, offset, whose }, signal });
        return { body: { items: answer.body.sessions, total: answer.body.total }, asOf: answer.asOf };
      });
      return body;
    },
    staleTime: 0,
    // Whoever was disabled or removed has none any more.
    meta: { outdates: (_, fact) => fact.type.startsWith('user.') || fact.type === 'key.revoked' },
  });

export const useSessions = (whose: Whose) => useQuery(sessionsQuery(whose));

export const readSessionsAgain = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: [KEY] });

/** Signs one session out. @throws ApiProblem `not_found` */
export async function endSession(client: QueryClient, { session_id }: OpenSession): Promise<void> {
  try {
    await call(api.endSession, { params: { session_id } });
  } finally {
    await readSessionsAgain(client);
  }
}

/** Signs out every session of who is signed in but this one. */
export async function endOtherSessions(client: QueryClient): Promise<void> {
  await call(api.endOtherSessions, {});
  await readSessionsAgain(client);
}
