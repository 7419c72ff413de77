import type { CreationOptions, Passkey, Problem, RequestOptions, Session } from '@homelabcmd/protocol';
import { softwareAuthenticator } from '@homelabcmd/testkit/passkey';
import { expect } from 'vitest';
import { type Answer, HeldClock, startTestHub, type TestHub } from '../hub-fixture.ts';
import { type Caller, callerWith, cookieOf, personWith, withCookie } from './people-fixture.ts';

export const HOME = 'https://hub.example.org';
export const HOST = 'hub.example.org';

type Device = ReturnType<typeof softwareAuthenticator>;
export type Dishonesty = NonNullable<Parameters<Device['get']>[2]> & { readonly origin?: string };

/** A hub with an address of its own, and a clock that stands still. */
export async function startStage(options: Parameters<typeof startTestHub>[0] = {}) {
  const clock = new HeldClock();
  const hub = await startTestHub({ publicUrl: HOME, clock, ...options });
  return { hub, clock, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() };
}

/** Makes a passkey for somebody who is signed in. */
export async function addPasskey<T = Passkey>(
  { call }: Caller,
  device: Device = softwareAuthenticator(),
  { origin = HOME, ...dishonesty }: Dishonesty = {},
): Promise<Answer<T>> {
  const begun = await call<CreationOptions>('POST', '/account/passkeys/options');
  expect(begun.status).toBe(200);
  const credential = device.create(begun.body, origin, dishonesty);
  return call<T>('POST', '/account/passkeys', { name: 'A phone', credential });
}

/** Somebody with a passkey in a device of their own. */
export async function personWithPasskey(
  hub: TestHub,
  name: string,
  role: Parameters<typeof personWith>[2],
  device: Device = softwareAuthenticator(),
) {
  const caller = await personWith(hub, name, role);
  const made = await addPasskey(caller, device);
  expect(made.status).toBe(201);
  return { ...caller, device, passkey: made.body };
}

export const beginSignIn = async (hub: TestHub): Promise<RequestOptions> => {
  const begun = await withCookie<RequestOptions>(hub, '', 'POST', '/session/passkey');
  expect(begun.status).toBe(200);
  return begun.body;
};

export const finishSignIn = <T = Problem>(hub: TestHub, credential: unknown): Promise<Answer<T>> =>
  withCookie<T>(hub, '', 'POST', '/session/passkey/answer', { credential });

/** Signs in as a browser does, without a name. */
export async function signInByPasskey<T = Problem>(
  hub: TestHub,
  device: Device,
  { origin = HOME, ...dishonesty }: Dishonesty = {},
): Promise<Answer<T>> {
  return finishSignIn<T>(hub, device.get(await beginSignIn(hub), origin, dishonesty));
}

export async function callerByPasskey(hub: TestHub, device: Device): Promise<Caller> {
  const answer = await signInByPasskey<Session>(hub, device);
  expect(answer.status).toBe(200);
  const { name = '', user_id } = answer.body.principal ?? {};
  return callerWith(hub, name, user_id ?? '', cookieOf(answer));
}

export const beginProof = async ({ call }: Caller): Promise<RequestOptions> => {
  const begun = await call<RequestOptions>('POST', '/session/proof/passkey');
  expect(begun.status).toBe(200);
  return begun.body;
};

export const finishProof = <T = Problem>({ call }: Caller, credential: unknown): Promise<Answer<T>> =>
  call<T>('POST', '/session/proof/passkey/answer', { credential });

/** Proves again who is signed in. */
export async function proveByPasskey<T = Problem>(
  caller: Caller,
  device: Device,
  { origin = HOME, ...dishonesty }: Dishonesty = {},
): Promise<Answer<T>> {
  return finishProof<T>(caller, device.get(await beginProof(caller), origin, dishonesty));
}
