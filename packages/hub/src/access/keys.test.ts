import type { Action, ApiKey, Session } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { homelabcmd } from '../../test/command-fixture.ts';
import { API_KEY, disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { writesFail } from '../../test/store-access.ts';
import { TestStream } from '../../test/stream-fixture.ts';

interface Made {
  readonly key: ApiKey;
  readonly secret: string;
}

const ALL = ['read', 'request', 'approve', 'admin'];

const makeKey = async (hub: TestHub, name: string, scopes: string[] = ALL): Promise<Made> =>
  (await hub.call<Made>('POST', '/keys', { name, scopes })).body;

const listKeys = async (hub: TestHub, query = ''): Promise<ApiKey[]> =>
  (await hub.call<{ keys: ApiKey[] }>('GET', `/keys${query}`)).body.keys;

const as = (secret: string) => ({ 'x-api-key': secret });

/** Signs in as a browser does. @returns the cookie */
async function signIn(hub: TestHub, secret: string): Promise<string> {
  const { headers } = await hub.call<Session>('POST', '/session', { api_key: secret }, as(''));
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** With nothing but the cookie. */
const statusWith = async (hub: TestHub, cookie: string): Promise<number> =>
  (await fetch(`${hub.url}/api/v1/servers`, { headers: { cookie } })).status;

/** A stream as a page has it: let in by the cookie. */
async function streamOf(hub: TestHub, headers: Record<string, string>): Promise<TestStream> {
  const stream = await TestStream.open(hub, undefined, headers);
  await stream.first('hello');
  return stream;
}

test('a key that is made opens the hub, signs what it does, and shows its secret this once', async () => {
  using folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path });
  const made = await hub.call<Made>('POST', '/keys', { name: 'nightly report' });
  expect(made.status).toBe(201);
  const { key, secret } = made.body;
  expect(secret).toMatch(/^hlck_[\w-]{43}$/);
  expect(key).toMatchObject({ name: 'nightly report', created_by: 'dashboard', last_used_at: null });
  expect(key.is_bootstrap).toBe(false);

  await hub.addServer('nas');
  const asked = await hub.call<Action>('POST', '/servers/nas/services/plex/restart', undefined, as(secret));
  expect(asked.body.created_by).toBe('nightly report');

  const list = await hub.call('GET', '/keys');
  expect(list.text).not.toContain(secret);
  expect(JSON.stringify(hub.rows('SELECT * FROM api_keys'))).not.toContain(secret);
  expect(JSON.stringify(hub.logLines)).not.toContain(secret);
});

test('the list begins with the bootstrap key, goes on by name, and comes in pages', async () => {
  await using hub = await startTestHub();
  for (const name of ['zoe', 'anna', 'bot-2']) await makeKey(hub, name);
  const names = async (query = '') => (await listKeys(hub, query)).map((key) => key.name);
  expect(await names()).toEqual(['dashboard', 'anna', 'bot-2', 'zoe']);
  expect(await names('?limit=2&offset=1')).toEqual(['anna', 'bot-2']);
  expect((await hub.call('GET', '/keys?limit=1')).body).toMatchObject({ total: 4, limit: 1, offset: 0 });
  expect((await listKeys(hub)).map((key) => key.is_bootstrap)).toEqual([true, false, false, false]);
});

test.each([
  ['the same name', 'anna'],
  ['the same name in another case', 'ANNA'],
  ["the bootstrap key's", 'Dashboard'],
  ["the hub's own", 'hub'],
  ["the hub's own in another case", 'Hub'],
])('a name that is taken is 409: %s', async (_what, name) => {
  await using hub = await startTestHub();
  await makeKey(hub, 'anna');
  const { status, body } = await hub.call('POST', '/keys', { name });
  expect([status, body.code]).toEqual([409, 'already_exists']);
  expect(await listKeys(hub)).toHaveLength(2);
});

test.each([
  ['empty', ''],
  ['a space before it', ' anna'],
  ['a space after it, which nobody sees', 'anna '],
  ['two spaces where a page shows one', 'night  shift'],
  ['a line break', 'anna\n'],
  ['letters that look like others', 'аnna'],
  ['51 characters', 'a'.repeat(51)],
  ['a formula', '=cmd'],
])('a name that could be taken for another is 422: %s', async (_what, name) => {
  await using hub = await startTestHub();
  const { status, body } = await hub.call('POST', '/keys', { name });
  expect([status, body.code, body.errors?.[0]?.path]).toEqual([422, 'invalid', 'name']);
});

test('of many requests for one name at once, one makes a key', async () => {
  await using hub = await startTestHub();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => hub.call('POST', '/keys', { name: 'anna' })),
  );
  const statuses = answers.map((answer) => answer.status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, ...Array<number>(19).fill(409)]);
});

test('the bootstrap key cannot be revoked, by any key, and goes on opening the hub', async () => {
  await using hub = await startTestHub();
  const { secret } = await makeKey(hub, 'anna');
  for (const key of [API_KEY, secret]) {
    const { status, body } = await hub.call('DELETE', '/keys/bootstrap', undefined, as(key));
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(body.detail).toContain('reset-admin');
  }
  expect((await hub.call('GET', '/servers')).status).toBe(200);
});

test('a key that is not there is 404, also one that was revoked a moment ago', async () => {
  await using hub = await startTestHub();
  const { key } = await makeKey(hub, 'anna');
  expect((await hub.call('DELETE', `/keys/${key.key_id}`)).status).toBe(204);
  for (const id of [key.key_id, 'key_nobody', '%00', 'Bootstrap'])
    expect([id, (await hub.call('DELETE', `/keys/${id}`)).status]).toEqual([id, 404]);
});

test('a key that is revoked ends at once, with its sessions and its streams, and takes no others with it', async () => {
  await using hub = await startTestHub();
  const anna = await makeKey(hub, 'anna');
  const bea = await makeKey(hub, 'bea');
  const cookies = await Promise.all([anna, anna, bea].map(({ secret }) => signIn(hub, secret)));
  const [first = '', second = '', other = ''] = cookies;
  await using byKey = await streamOf(hub, as(anna.secret));
  await using byCookie = await streamOf(hub, { ...as(''), cookie: first });
  await using otherKey = await streamOf(hub, as(bea.secret));
  await using otherCookie = await streamOf(hub, { ...as(''), cookie: other });

  const beforeMs = performance.now();
  expect((await hub.call('DELETE', `/keys/${anna.key.key_id}`)).status).toBe(204);
  await Promise.all([byKey.ended(), byCookie.ended()]);
  expect(performance.now() - beforeMs).toBeLessThan(1000);

  expect((await hub.call('GET', '/servers', undefined, as(anna.secret))).status).toBe(401);
  expect((await hub.call('POST', '/session', { api_key: anna.secret }, as(''))).status).toBe(401);
  for (const cookie of [first, second]) expect(await statusWith(hub, cookie)).toBe(401);
  expect(hub.rows('SELECT key_id FROM sessions')).toEqual([{ key_id: bea.key.key_id }]);

  // Who is not meant notices nothing: what happens next still comes.
  await hub.addServer('nas');
  for (const stream of [otherKey, otherCookie]) {
    await stream.first('fact');
    expect(stream.isEnded).toBe(false);
  }
  // The fact that ended them may have reached them; what came after it has not.
  for (const stream of [byKey, byCookie])
    expect(stream.facts.filter(({ type }) => type !== 'key.revoked')).toEqual([]);
  expect(await statusWith(hub, other)).toBe(200);
});

test('a key may revoke itself', async () => {
  await using hub = await startTestHub();
  const { key, secret } = await makeKey(hub, 'anna');
  await using stream = await streamOf(hub, as(secret));
  expect((await hub.call('DELETE', `/keys/${key.key_id}`, undefined, as(secret))).status).toBe(204);
  await stream.ended();
  expect((await hub.call('GET', '/keys', undefined, as(secret))).status).toBe(401);
});

test('signing in while the key is revoked is never a fault, and leaves no session behind', async () => {
  await using hub = await startTestHub();
  for (let n = 0; n < 15; n += 1) {
    const { key, secret } = await makeKey(hub, `key-${n}`);
    const signIns = Array.from({ length: 4 }, () =>
      hub.call('POST', '/session', { api_key: secret }, as('')),
    );
    const revoking = hub.call('DELETE', `/keys/${key.key_id}`);
    for (const { status } of await Promise.all(signIns)) expect([200, 401, 429]).toContain(status);
    expect((await revoking).status).toBe(204);
  }
  expect(hub.faults).toEqual([]);
  expect(hub.rows('SELECT * FROM sessions')).toEqual([]);
});

test('the last use of a key is known to the minute, by itself or by a session that it opened', async () => {
  const clock = new HeldClock(Date.parse('2026-01-01T00:00:00Z'));
  await using hub = await startTestHub({ clock });
  const { secret } = await makeKey(hub, 'anna');
  const lastUse = async () => (await listKeys(hub)).find((key) => key.name === 'anna')?.last_used_at;
  expect(await lastUse()).toBeNull();

  const cookie = await signIn(hub, secret);
  expect(await lastUse()).toBe('2026-01-01T00:00:00.000Z');
  clock.advance(59_000);
  await statusWith(hub, cookie);
  expect(await lastUse()).toBe('2026-01-01T00:00:00.000Z');
  clock.advance(1000);
  await statusWith(hub, cookie);
  expect(await lastUse()).toBe('2026-01-01T00:01:00.000Z');
  clock.advance(3_600_000);
  await hub.call('GET', '/servers', undefined, as(secret));
  expect(await lastUse()).toBe('2026-01-01T01:01:00.000Z');
  // A clock that is set back is believed too.
  clock.advance(-1_800_000);
  await hub.call('GET', '/servers', undefined, as(secret));
  expect(await lastUse()).toBe('2026-01-01T00:31:00.000Z');
});

test('a key opens the hub also when its use cannot be written down', async () => {
  await using hub = await startTestHub();
  await writesFail(hub, 'UPDATE', 'api_keys');
  const { secret } = await makeKey(hub, 'anna');
  expect((await hub.call('GET', '/servers', undefined, as(secret))).status).toBe(200);
  expect(hub.logLines.map((line) => line.msg)).toContain('the use of a key could not be written down');
});

test('keys outlive the hub that made them', async () => {
  using folder = disposableFolder();
  let secret = '';
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    ({ secret } = await makeKey(hub, 'anna'));
  }
  await using hub = await startTestHub({
    dataDir: folder.path,
    apiKey: 'another key of more than 32 characters',
  });
  expect((await hub.call('GET', '/servers', undefined, as(secret))).status).toBe(200);
  expect((await hub.call('GET', '/servers')).status).toBe(401);
});

test('who made a key and who revoked it is told and kept for ever, without what opens the hub', async () => {
  await using hub = await startTestHub();
  await using stream = await streamOf(hub, {});
  const { key, secret } = await makeKey(hub, 'nightly report');
  await hub.call('DELETE', `/keys/${key.key_id}`);
  expect((await hub.call('DELETE', `/keys/${key.key_id}`)).status).toBe(404);

  const of = { key_id: key.key_id, name: 'nightly report' };
  const from_address = '127.0.0.1';
  const detail = JSON.stringify({ ...of, from_address });
  const made = JSON.stringify({ ...of, scopes: ALL, from_address });
  const bootstrap = JSON.stringify({ key_id: 'bootstrap', name: 'dashboard', by: 'HOMELABCMD_API_KEY' });
  await expect
    .poll(() => hub.rows('SELECT verb, actor, server_id, detail FROM audit_entries ORDER BY id'))
    .toEqual([
      { verb: 'key.created', actor: 'hub', server_id: '', detail: bootstrap },
      { verb: 'key.created', actor: 'dashboard', server_id: '', detail: made },
      { verb: 'key.revoked', actor: 'dashboard', server_id: '', detail },
    ]);
  await expect.poll(() => stream.facts).toHaveLength(2);
  expect(stream.facts[0]).toMatchObject({
    type: 'key.created',
    server_id: null,
    data: { key_id: key.key_id, name: 'nightly report' },
  });
  expect(JSON.stringify(hub.rows('SELECT * FROM events'))).not.toContain(secret);
});

test('a key that is refused leaves no fact', async () => {
  await using hub = await startTestHub();
  await makeKey(hub, 'bot');
  expect((await hub.call('POST', '/keys', { name: 'Bot' })).status).toBe(409);
  expect(hub.rows('SELECT type FROM events')).toEqual([{ type: 'key.created' }]);
});

test('the first key, and each that takes its place, is in the audit with who put it there', async () => {
  using folder = disposableFolder();
  for (const apiKey of [null, 'x'.repeat(40), 'x'.repeat(40), null, 'y'.repeat(40)])
    await (await startTestHub({ dataDir: folder.path, apiKey })).stop();
  await homelabcmd(['reset-admin', '--data-dir', folder.path]);
  await using hub = await startTestHub({ dataDir: folder.path, apiKey: null });
  const kept = hub.rows<{ verb: string; actor: string; detail: string }>(
    'SELECT verb, actor, detail FROM audit_entries ORDER BY id',
  );
  expect(kept.map(({ verb, actor, detail }) => [verb, actor, JSON.parse(detail).by])).toEqual([
    ['key.created', 'hub', 'the first start'],
    ['key.replaced', 'hub', 'HOMELABCMD_API_KEY'],
    ['key.replaced', 'hub', 'HOMELABCMD_API_KEY'],
    ['key.replaced', 'console', 'homelabcmd reset-admin'],
  ]);
});
