import { type BodyInputOf, type Session, api } from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { noteWayBack, takeWayBack } from '../../lib/browser/way-back.ts';
import { call } from '../call.ts';
import { ownSession, sessionQuery } from '../session.ts';

/** Puts who is signed in now in the place of whoever was. */
export function takeSession(client: QueryClient, session: Session): void {
  const own = ownSession(session);
  client.clear();
  client.setQueryData(sessionQuery.queryKey, own);
}

export type Credentials = BodyInputOf<typeof api.signIn>;

/** @throws ApiProblem `unauthenticated`, `totp_required`; `too_many` after too many tries */
export async function signIn(client: QueryClient, credentials: Credentials): Promise<void> {
  takeSession(client, await call(api.signIn, { body: credentials }));
}

export type Proof = BodyInputOf<typeof api.proveAgain>;

/** @throws ApiProblem `forbidden` when it proves nothing, `totp_required`, `too_many` */
export async function prove(client: QueryClient, proof: Proof): Promise<void> {
  const session = ownSession(await call(api.proveAgain, { body: proof }));
  client.setQueryData(sessionQuery.queryKey, session);
}

/** Makes the first account, and signs it in. @throws ApiProblem `unauthenticated`, `not_found`, `too_many`, `invalid` */
export async function setUp(client: QueryClient, body: BodyInputOf<typeof api.setUp>): Promise<void> {
  takeSession(client, await call(api.setUp, { body }));
}

/** Takes an invitation up, and signs in whoever was invited. @throws ApiProblem `unauthenticated`, `too_many`, `invalid` */
export async function acceptInvitation(
  client: QueryClient,
  body: BodyInputOf<typeof api.acceptInvitation>,
): Promise<void> {
  takeSession(client, await call(api.acceptInvitation, { body }));
}

/**
 * Where the browser goes to sign in at the provider of the single sign-on, or to prove there who is signed in.
 * @throws ApiProblem `not_found`, `unavailable`
 */
export async function beginSingleSignOn(purpose: 'sign_in' | 'proof'): Promise<string> {
  const { url } = await call(api.beginOidc, { body: { purpose } });
  if (purpose === 'proof') noteWayBack();
  else takeWayBack();
  return url;
}

/** Signs in with what the provider sent back. @throws ApiProblem `unauthenticated`, `already_exists`, `unavailable` */
export async function finishSingleSignOn(client: QueryClient, search: string): Promise<void> {
  takeSession(client, await call(api.finishOidc, { body: { search } }));
}
