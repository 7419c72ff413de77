import { type BodyInputOf, type ResponseOf, type User, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { ask, call } from '../call.ts';
import { everyPage } from '../every-page.ts';

const PAGE = 500;

const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }): Promise<readonly User[]> => {
    const { body } = await everyPage(async (offset) => {
      const answer = await ask(api.listUsers, { query: { limit: PAGE, offset }, signal });
      return { body: { items: answer.body.users, total: answer.body.total }, asOf: answer.asOf };
    });
    return body;
  },
  staleTime: 0,
  // A fact tells the name of a person alone: who may, asks for the rest.
  meta: { outdates: (_, fact) => fact.type.startsWith('user.') },
});

export const usePeople = () => useQuery(peopleQuery);

const readAgain = (client: QueryClient) => client.invalidateQueries({ queryKey: peopleQuery.queryKey });

/** Does it, and reads the people again whatever came of it: the list tells what is so. */
async function andRead<T>(client: QueryClient, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    void readAgain(client);
  }
}

/** A person and the token with which they choose a password; it is in this answer and nowhere else. */
export type Invited = ResponseOf<typeof api.createUser>;

/** @throws ApiProblem `already_exists`, `invalid`, `forbidden` */
export const addPerson = (client: QueryClient, body: BodyInputOf<typeof api.createUser>): Promise<Invited> =>
  andRead(client, call(api.createUser, { body }));

/** @throws ApiProblem `not_found`, `last_admin`, `forbidden` */
export async function changePerson(
  client: QueryClient,
  { user_id }: User,
  body: BodyInputOf<typeof api.changeUser>,
): Promise<void> {
  await andRead(client, call(api.changeUser, { params: { user_id }, body }));
}

/** @throws ApiProblem `not_found`, `last_admin`, `forbidden` */
export const inviteAnew = (client: QueryClient, { user_id }: User): Promise<Invited> =>
  andRead(client, call(api.inviteUser, { params: { user_id }, body: {} }));

/** @throws ApiProblem `not_found`, `last_admin`, `forbidden` */
export async function removePerson(client: QueryClient, { user_id }: User): Promise<void> {
  await andRead(client, call(api.deleteUser, { params: { user_id } }));
}
