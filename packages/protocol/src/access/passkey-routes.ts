import { z } from 'zod';
import { NoBody, Nothing } from '../api/paging.ts';
import { route } from '../api/route.ts';
import {
  Assertion,
  CreationOptions,
  NewCredential,
  Passkey,
  PasskeyName,
  RequestOptions,
} from './passkey.ts';
import { Session } from './session-routes.ts';

const PasskeyParams = z.object({ passkey_id: z.string().max(100) });
const Answer = z.strictObject({ credential: Assertion });

/** Signing in by a passkey, proving oneself by one, and what people keep of them. */
export const passkeyRoutes = {
  beginPasskeySignIn: route({
    method: 'POST',
    path: '/session/passkey',
    summary: 'Begin to sign in with a passkey: what to ask the browser with',
    tag: 'session',
    body: NoBody,
    status: 200,
    response: RequestOptions,
    problems: ['not_found', 'too_many'],
  }),
  finishPasskeySignIn: route({
    method: 'POST',
    path: '/session/passkey/answer',
    summary: 'Finish it with what the browser answered; answers a session cookie',
    tag: 'session',
    body: Answer,
    status: 200,
    response: Session,
    problems: ['not_found', 'unauthenticated', 'too_many'],
  }),
  beginPasskeyProof: route({
    method: 'POST',
    path: '/session/proof/passkey',
    summary: 'Begin to prove again who is signed in, with a passkey of theirs',
    tag: 'session',
    body: NoBody,
    status: 200,
    response: RequestOptions,
    problems: ['not_found', 'too_many'],
  }),
  finishPasskeyProof: route({
    method: 'POST',
    path: '/session/proof/passkey/answer',
    summary: 'Finish it with what the browser answered',
    tag: 'session',
    body: Answer,
    status: 200,
    response: Session,
    problems: ['not_found', 'forbidden', 'too_many'],
  }),
  listPasskeys: route({
    method: 'GET',
    path: '/account/passkeys',
    summary: 'List your passkeys, the oldest first',
    tag: 'session',
    status: 200,
    response: z.object({ passkeys: z.array(Passkey) }),
    problems: [],
  }),
  beginPasskey: route({
    method: 'POST',
    path: '/account/passkeys/options',
    summary: 'Begin to add a passkey: what to make it with',
    tag: 'session',
    body: NoBody,
    status: 200,
    response: CreationOptions,
    problems: ['not_found', 'forbidden'],
  }),
  addPasskey: route({
    method: 'POST',
    path: '/account/passkeys',
    summary: 'Add the passkey that the browser has made',
    tag: 'session',
    body: z.strictObject({ name: PasskeyName, credential: NewCredential }),
    status: 201,
    response: Passkey,
    problems: ['not_found', 'forbidden', 'already_exists'],
  }),
  renamePasskey: route({
    method: 'PATCH',
    path: '/account/passkeys/:passkey_id',
    summary: 'Call one of your passkeys something else',
    tag: 'session',
    params: PasskeyParams,
    body: z.strictObject({ name: PasskeyName }),
    status: 200,
    response: Passkey,
    problems: ['not_found'],
  }),
  removePasskey: route({
    method: 'DELETE',
    path: '/account/passkeys/:passkey_id',
    summary: 'Remove one of your passkeys: it opens nothing any more',
    tag: 'session',
    params: PasskeyParams,
    status: 204,
    response: Nothing,
    problems: ['not_found'],
  }),
} as const;
