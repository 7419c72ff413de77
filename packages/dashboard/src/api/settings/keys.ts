import { type ApiKey, type BodyInputOf, type ResponseOf, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';

const PAGE = 500;

const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }): Promise<readonly ApiKey[]> => {
    const { body } = await everyPage(async (offset) => {
      const answer = await ask(api.listKeys, { query: { limit: PAGE, offset }, signal });
      return { body: { items: answer.body.keys, total: answer.body.total }, asOf: answer.asOf };
    });
    return body;
  },
  staleTime: 0,
  meta: { outdates: (_, fact) => fact.type === 'key.created' || fact.type === 'key.revoked' },
});

export const useKeyList = () => useQuery(keysQuery);

const readAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: keysQuery.queryKey });

export type NewKey = ResponseOf<typeof api.createKey>;

/** Makes a key. Its secret is in the answer and nowhere else. @throws ApiProblem `already_exists`, `invalid` */
export async function createKey(
  client: QueryClient,
  key: BodyInputOf<typeof api.createKey>,
): Promise<NewKey> {
  const made = await call(api.createKey, { body: key });
  void readAgain(client);
  return made;
}

/** Ends a key and every session that it opened. @throws ApiProblem `not_found`, `forbidden` */
export async function revokeKey(client: QueryClient, keyId: string): Promise<void> {
  try {
    await call(api.revokeKey, { params: { key_id: keyId } });
  } finally {
    // Answered or not, the list tells what is so. With one's own key gone it answers that nobody is signed in.
    await readAgain(client);
  }
}
