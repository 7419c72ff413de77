import { type ResponseOf, api } from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { call } from '../call.ts';
import { readSessionAgain } from '../session.ts';

/** Changes the password of who is signed in; their other sessions end. @throws ApiProblem */
export async function changePassword(password: string): Promise<void> {
  await call(api.changePassword, { body: { password } });
}

/** The secret of an authenticator, which counts once its first code was shown to the hub. */
export type NewAuthenticator = ResponseOf<typeof api.beginTotp>;

export const beginAuthenticator = (): Promise<NewAuthenticator> => call(api.beginTotp, { body: {} });

/** @throws ApiProblem `forbidden` when the code is not right, `not_found` when none was begun */
export async function confirmAuthenticator(client: QueryClient, code: string): Promise<void> {
  await call(api.confirmTotp, { body: { totp_code: code } });
  await readSessionAgain(client);
}

export async function removeAuthenticator(client: QueryClient): Promise<void> {
  await call(api.removeTotp, {});
  await readSessionAgain(client);
}
