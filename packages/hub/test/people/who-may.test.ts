import {
  api,
  API_BASE,
  EVENTS_PATH,
  type GuardedRoute,
  POLICY,
  type Problem,
  Role,
  type RouteContract,
  type RoutePolicy,
  Scope,
  SCOPES_OF_ROLE,
  SCRAPE_PATH,
} from '@homelabcmd/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HeldClock, startTestHub, type TestHub } from '../hub-fixture.ts';
import { type Caller, keyWith, personWith, signInAs, withCookie } from './people-fixture.ts';

const ROUTES = Object.keys(POLICY.routes) as GuardedRoute[];
const policyOf = (name: GuardedRoute): RoutePolicy => POLICY.routes[name];
function contractOf(name: GuardedRoute): Pick<RouteContract, 'method' | 'path'> {
  if (name === 'scrape') return { method: 'GET', path: SCRAPE_PATH };
  if (name === 'followEvents') return { method: 'GET', path: API_BASE + EVENTS_PATH };
  return { method: api[name].method, path: API_BASE + api[name].path };
}
/** An address of things that are not there, so that whoever may is told so and nothing is changed. */
const pathOf = (name: GuardedRoute): string =>
  contractOf(name).path.replace(':action_id', '999999').replaceAll(/:\w+/g, 'nobody');

let hub: TestHub;
const clock = new HeldClock();
const people = new Map<Role, Caller>();
const keys = new Map<Scope, string>();

beforeAll(async () => {
  hub = await startTestHub({ clock });
  for (const role of Role.options) people.set(role, await personWith(hub, `the ${role}`, role));
  for (const scope of Scope.options) keys.set(scope, await keyWith(hub, `key to ${scope}`, [scope]));
});
afterAll(() => hub[Symbol.asyncDispose]());

interface Verdict {
  readonly status: number;
  readonly code: string | null;
}

/** What the door says; a stream is let go as soon as it begins. */
async function ask(name: GuardedRoute, headers: Record<string, string>): Promise<Verdict> {
  const { method } = contractOf(name);
  const stop = new AbortController();
  const response = await fetch(`${hub.url}${pathOf(name)}`, { method, headers, signal: stop.signal });
  if (name === 'followEvents' && response.status === 200) {
    stop.abort();
    return { status: 200, code: null };
  }
  const text = await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Partial<Problem>) : {};
  return { status: response.status, code: body.code ?? null };
}

const SHUT = ['unauthenticated', 'forbidden', 'proof_required'];
const isLetIn = ({ code }: Verdict): boolean => code === null || !SHUT.includes(code);

const isFor = ({ needs, person }: RoutePolicy, scopes: readonly Scope[], kind: 'person' | 'key'): boolean =>
  needs === 'anyone' || ((needs === 'signed_in' || scopes.includes(needs)) && !(person && kind === 'key'));

/** Ends the session that asks: asked by one that nobody needs any more. */
const endsSession = (name: GuardedRoute) => name === 'signOut';

for (const role of Role.options) {
  test.each(ROUTES)(`a person who is ${role} and %s`, async (name) => {
    const person = people.get(role);
    if (!person) throw new Error('nobody');
    const { cookie } = endsSession(name) ? await signInAs(hub, person) : person;
    const verdict = await ask(name, { cookie });
    expect(isLetIn(verdict)).toBe(isFor(policyOf(name), SCOPES_OF_ROLE[role], 'person'));
    if (!isLetIn(verdict)) expect(verdict).toEqual({ status: 403, code: 'forbidden' });
  });
}

for (const scope of Scope.options) {
  test.each(ROUTES)(`a key with the scope ${scope} alone and %s`, async (name) => {
    const verdict = await ask(name, { 'x-api-key': keys.get(scope) ?? '' });
    const { needs } = policyOf(name);
    // A key that proves itself each time has nothing to prove again, and no session.
    if (name === 'proveAgain') return expect(verdict.status).toBe(422);
    expect(isLetIn(verdict)).toBe(isFor(policyOf(name), [scope], 'key'));
    if (!isLetIn(verdict)) expect([needs, verdict.status]).toEqual([needs, 403]);
  });
}

test.each(ROUTES)('a stranger and %s', async (name) => {
  const verdict = await ask(name, {});
  const isOpen = policyOf(name).needs === 'anyone';
  if (!isOpen) expect(verdict).toEqual({ status: 401, code: 'unauthenticated' });
  else expect(verdict.status).not.toBe(401);
});

test.each(ROUTES.filter((name) => policyOf(name).proof))('%s takes a proof of its age', async (name) => {
  const admin = people.get('admin');
  if (!admin) throw new Error('nobody');
  const person = await signInAs(hub, admin);
  const { cookie } = person;
  const ages = { fresh: 5 * 60_000, recent: 12 * 3_600_000 };
  const ageMs = ages[policyOf(name).proof ?? 'fresh'];
  clock.advance(ageMs - 1);
  expect(isLetIn(await ask(name, { cookie }))).toBe(true);
  clock.advance(1);
  expect(await ask(name, { cookie })).toEqual({ status: 403, code: 'proof_required' });
  const body = { password: 'correct horse battery staple' };
  expect((await person.call('POST', '/session/proof', body)).status).toBe(200);
  expect(isLetIn(await ask(name, { cookie }))).toBe(true);
  clock.advance(-ageMs - 1);
});

type Foreign = {
  [K in GuardedRoute]: (typeof POLICY.routes)[K] extends { foreign: Scope } ? K : never;
}[GuardedRoute];

/** How somebody comes to a thing of their own, and what they then ask for of it. */
const OWN: Record<Foreign, (owner: Caller) => Promise<(asker: Caller) => Promise<number>>> = {
  cancelAction: async (owner) => {
    const name = `of-${owner.name.replaceAll(' ', '-')}-${crypto.randomUUID().slice(0, 8)}`;
    const asked = await owner.call<{ action_id: number }>('POST', `/servers/nas/services/${name}/restart`);
    return async (asker) => (await asker.call('POST', `/actions/${asked.body.action_id}/cancel`)).status;
  },
  listSessions: async (owner) => async (asker) =>
    (await asker.call('GET', asker === owner ? '/sessions' : '/sessions?whose=all')).status,
  endSession: async (owner) => {
    const { cookie } = await signInAs(hub, owner);
    const { body } = await withCookie<{ sessions: { session_id: string; is_current: boolean }[] }>(
      hub,
      cookie,
      'GET',
      '/sessions',
    );
    const id = body.sessions.find((session) => session.is_current)?.session_id;
    return async (asker) => (await asker.call('DELETE', `/sessions/${id}`)).status;
  },
};

const foreignRoutes = Object.keys(OWN) as Foreign[];

test.each(
  foreignRoutes.flatMap((name) =>
    Role.options.flatMap((role) => Role.options.map((other) => [name, role, other] as const)),
  ),
)('%s: one’s own by %s, and what a %s has', async (name, role, other) => {
  await hub.addServer('nas');
  const policy: RoutePolicy = POLICY.routes[name];
  const asker = people.get(role);
  if (!asker || !policy.foreign) throw new Error('nobody');
  const may = isFor(policy, SCOPES_OF_ROLE[role], 'person');
  const mayAsk = isFor({ needs: 'request' }, SCOPES_OF_ROLE[role], 'person');
  if (mayAsk || name !== 'cancelAction') {
    const own = await (await OWN[name](asker))(asker);
    expect([role, own < 300]).toEqual([role, may]);
  }
  const owner = await ownerWith(other);
  if (name === 'cancelAction' && !SCOPES_OF_ROLE[other].some((scope) => scope === 'request')) return;
  const foreign = await (await OWN[name](owner))(asker);
  const mayForeign = may && SCOPES_OF_ROLE[role].some((scope) => scope === policy.foreign);
  expect([role, foreign < 300]).toEqual([role, mayForeign]);
  if (!mayForeign) expect([403, 404]).toContain(foreign);
});

const others = new Map<Role, Caller>();

async function ownerWith(role: Role): Promise<Caller> {
  const known = others.get(role);
  if (known) return known;
  const made = await personWith(hub, `another ${role}`, role);
  others.set(role, made);
  return made;
}
