import type { Role, Scope, Session, User } from '@homelabcmd/protocol';
import { expect } from 'vitest';
import type { Answer, TestHub } from '../hub-fixture.ts';

export const PASSWORD = 'correct horse battery staple';

/** Somebody who is signed in, by a cookie or by a key, and what they call. */
export interface Caller {
  readonly name: string;
  readonly userId: string;
  readonly cookie: string;
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
}

const NO_KEY = { 'x-api-key': '' };

/** The cookie that an answer has set. */
export const cookieOf = ({ headers }: Answer<unknown>): string =>
  headers.get('set-cookie')?.split(';')[0] ?? '';

/** Asks as a browser does: with the cookie and without a key. */
export async function withCookie<T = unknown>(
  hub: TestHub,
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  const response = await fetch(`${hub.url}/api/v1${path}`, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const value = text === '' ? null : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: value as T, text };
}

/** A person who was invited, has chosen a password and is signed in. */
export async function personWith(hub: TestHub, name: string, role: Role): Promise<Caller> {
  const made = await hub.call<{ user: User; token: string }>('POST', '/users', { name, role });
  expect(made.status).toBe(201);
  const { token, user } = made.body;
  const joined = await hub.call<Session>('POST', '/invitation', { token, password: PASSWORD }, NO_KEY);
  expect(joined.status).toBe(200);
  return callerWith(hub, name, user.user_id, cookieOf(joined));
}

export function callerWith(hub: TestHub, name: string, userId: string, cookie: string): Caller {
  return {
    ...{ name, userId, cookie },
    call: (method, path, body) => withCookie(hub, cookie, method, path, body),
  };
}

/** The same person, signed in once more. */
export async function signInAs(hub: TestHub, { name, userId }: Caller, password = PASSWORD): Promise<Caller> {
  const answer = await hub.call<Session>('POST', '/session', { name, password }, NO_KEY);
  expect(answer.status).toBe(200);
  return callerWith(hub, name, userId, cookieOf(answer));
}

/** The secret of a key that nobody owns. */
export async function keyWith(hub: TestHub, name: string, scopes: readonly Scope[]): Promise<string> {
  const made = await hub.call<{ secret: string }>('POST', '/keys', { name, scopes });
  expect(made.status).toBe(201);
  return made.body.secret;
}
