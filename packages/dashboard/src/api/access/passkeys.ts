import { PROBLEMS, type Passkey, type RequestOptions, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { type PasskeyAnswer, PasskeyFault, askPasskey, makePasskey } from '../../lib/browser/passkey.ts';
import { call } from '../call.ts';
import { ApiProblem } from '../problem.ts';
import { ownSession, readSessionAgain, sessionQuery } from '../session.ts';
import { takeSession } from './enter.ts';

const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: async ({ signal }): Promise<readonly Passkey[]> =>
    (await call(api.listPasskeys, { signal })).passkeys,
  staleTime: 0,
  meta: { outdates: (_, fact) => fact.type.startsWith('user.') },
});

/** The passkeys of who is signed in. */
export const usePasskeys = () => useQuery(passkeysQuery);

/** What somebody can prove themselves by depends on which there are. */
async function andRead(client: QueryClient, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } finally {
    await client.invalidateQueries({ queryKey: passkeysQuery.queryKey });
    await readSessionAgain(client);
  }
}

/** Makes a passkey in the person's device, and adds it. @throws ApiProblem */
export async function addPasskey(client: QueryClient, name: string): Promise<void> {
  const options = await call(api.beginPasskey, { body: {} });
  const credential = await inSentences(makePasskey(options));
  await andRead(client, call(api.addPasskey, { body: { name, credential } }));
}

/** @throws ApiProblem `not_found` */
export const renamePasskey = (client: QueryClient, { passkey_id }: Passkey, name: string): Promise<void> =>
  andRead(client, call(api.renamePasskey, { params: { passkey_id }, body: { name } }));

/** @throws ApiProblem `not_found` */
export const removePasskey = (client: QueryClient, { passkey_id }: Passkey): Promise<void> =>
  andRead(client, call(api.removePasskey, { params: { passkey_id } }));

/** @throws ApiProblem `unauthenticated`, `too_many` */
export async function signInByPasskey(client: QueryClient): Promise<void> {
  const credential = await answerTo(await call(api.beginPasskeySignIn, { body: {} }));
  takeSession(client, await call(api.finishPasskeySignIn, { body: { credential } }));
}

/** @throws ApiProblem `forbidden`, `too_many` */
export async function proveByPasskey(client: QueryClient): Promise<void> {
  const credential = await answerTo(await call(api.beginPasskeyProof, { body: {} }));
  const session = await call(api.finishPasskeyProof, { body: { credential } });
  client.setQueryData(sessionQuery.queryKey, ownSession(session));
}

/** Has a passkey of the person answer. @throws ApiProblem with what the browser said */
export const answerTo = (options: RequestOptions): Promise<PasskeyAnswer> => inSentences(askPasskey(options));

/** What did not come of the browser is told like what the hub refuses. */
async function inSentences<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PasskeyFault)) throw error;
    throw new ApiProblem({
      ...{ type: 'about:blank', ...PROBLEMS.forbidden },
      ...{ code: 'forbidden', detail: error.message },
    });
  }
}
