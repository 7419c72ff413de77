import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, type Channel, EVENTS_PATH, SCRAPE_PATH, type Session } from '@homelabcmd/protocol';
import { softwareAuthenticator } from '@homelabcmd/testkit/passkey';
import { expect, test } from 'vitest';
import { connectAgent } from '../agent-fixture.ts';
import { homelabcmd } from '../command-fixture.ts';
import { API_KEY, disposableFolder, HeldClock, startTestHub, type TestHub } from '../hub-fixture.ts';
import { isOnPostgres } from '../postgres/databases.ts';
import { TestStream } from '../stream-fixture.ts';
import { Secret, TOTP } from 'otpauth';
import { addPasskey, beginSignIn, HOME, signInByPasskey } from './passkey-fixture.ts';
import { callerWith, cookieOf, keyWith, PASSWORD } from './people-fixture.ts';

const CLIENT_SECRET = 'what-the-hub-shows-the-provider-0123456789';

const OF_CHANNELS = {
  'a topic': 'the-topic-of-the-house-0123456789',
  'a token of a channel': 'tk_0123456789-of-a-channel',
  'a password of a mail server': 'what-the-mail-server-is-shown-0123456789',
  'an address of a heartbeat': '/ping/0123456789-of-the-heartbeat',
};

/** Channels with secrets; one was changed without them, and one was tried. */
async function addChannels(hub: TestHub): Promise<void> {
  const phone = {
    ...{ name: 'phone', kind: 'ntfy' },
    settings: {
      server: 'http://127.0.0.1:1',
      topic: OF_CHANNELS['a topic'],
      token: OF_CHANNELS['a token of a channel'],
    },
  };
  const mail = { host: '127.0.0.1', port: 1, user: 'hub', from: 'hub@home.example', to: 'kim@home.example' };
  const password = OF_CHANNELS['a password of a mail server'];
  for (const channel of [phone, { name: 'mail', kind: 'email', settings: { ...mail, password } }]) {
    const { status, body } = await hub.call<Channel>('POST', '/channels', channel);
    expect(status).toBe(201);
    expect(body.secrets.length).toBeGreaterThan(0);
    const { channel_id, name, kind, settings } = body;
    const changed = await hub.call('PUT', `/channels/${channel_id}`, { name, kind, settings });
    expect(changed.status).toBe(200);
    expect((await hub.call('POST', `/channels/${channel_id}/test`)).status).toBe(200);
  }
  const url = `http://127.0.0.1:1${OF_CHANNELS['an address of a heartbeat']}`;
  expect((await hub.call('POST', '/heartbeats', { name: 'watcher', url })).status).toBe(201);
}

/** Everything that opens something, each with the one answer that may tell it. */
async function plant(
  hub: TestHub,
  clock: HeldClock,
): Promise<{ secrets: Record<string, string>; cookie: string }> {
  const noKey = { 'x-api-key': '' };
  const setUpToken = hub.hub.setUpToken ?? '';
  const joined = await hub.call<Session>(
    'POST',
    '/setup',
    { token: setUpToken, name: 'Anna', password: PASSWORD },
    noKey,
  );
  const cookie = cookieOf(joined);
  const anna = callerWith(hub, 'Anna', '', cookie);
  const { body: totp } = await anna.call<{ secret: string }>('POST', '/account/totp');
  const totp_code = new TOTP({ secret: Secret.fromBase32(totp.secret) }).generate({
    timestamp: clock.nowMs(),
  });
  expect((await anna.call('PUT', '/account/totp', { totp_code })).status).toBe(204);
  const device = softwareAuthenticator();
  expect((await addPasskey(anna, device)).status).toBe(201);
  expect((await signInByPasskey(hub, device, { verified: false })).status).toBe(401);
  const asked = await beginSignIn(hub);
  const key = await keyWith(hub, 'reports', ['read']);
  const invited = await anna.call<{ token: string }>('POST', '/users', { name: 'Bob', role: 'viewer' });
  await hub.addServer('nas');
  await addChannels(hub);
  const enrolled = await hub.call<{ token: string }>('POST', '/servers/nas/enrolment', {});
  return {
    cookie,
    secrets: {
      'the first key': API_KEY,
      'the token of the set-up': setUpToken,
      'a password': PASSWORD,
      'a session': /hlcs_[\w-]+/.exec(cookie)?.[0] ?? '',
      'an authenticator': totp.secret,
      'what a passkey is asked': asked.challenge,
      'what a passkey answers': device.get(asked, HOME).response.signature,
      'a key': key,
      'an invitation': invited.body.token,
      'an enrolment token': enrolled.body.token,
      'the secret of the single sign-on': CLIENT_SECRET,
      ...OF_CHANNELS,
      'the key of the hub': readFileSync(join(hub.dataDir, 'hub-key'), 'utf8').split('\n')[1] ?? '',
    },
  };
}

/** Where something could be kept that should not be. */
const TABLES = [
  ...['events', 'audit_entries', 'users', 'sessions', 'passkeys', 'api_keys', 'invitations'],
  ...['enrolment_tokens', 'channels', 'deliveries', 'heartbeats', 'watched_jobs', 'alerts', 'alert_memory'],
];

/** Everything that the hub says when it is asked for anything that can be read. */
async function everythingRead(hub: TestHub, headers: Record<string, string>): Promise<string> {
  const said: string[] = [];
  for (const { method, path } of Object.values(api)) {
    if (method !== 'GET') continue;
    const filled = path
      .replace(':server_id', 'nas')
      .replace(':service_name', 'plex')
      .replaceAll(/:\w+/g, '1');
    for (const query of ['', '?format=csv', '?whose=all']) {
      const answer = await fetch(`${hub.url}/api/v1${filled}${query}`, { headers });
      said.push(await answer.text(), JSON.stringify([...answer.headers]));
    }
  }
  for (const path of [
    '/',
    '/healthz',
    '/readyz',
    SCRAPE_PATH,
    '/api/docs',
    '/api/openapi.json',
    '/agent/v1/install.sh',
  ])
    said.push(await (await fetch(hub.url + path, { headers })).text());
  return said.join('\n');
}

test('no secret is in any answer, event, entry, log line, file or copy of the store', {
  // Every route is read three times, by two who ask.
  timeout: 60_000,
}, async () => {
  using folder = disposableFolder();
  const clock = new HeldClock();
  await using hub = await startTestHub({
    ...{ dataDir: folder.path, clock, publicUrl: HOME },
    oidc: {
      ...{ issuer: 'http://127.0.0.1:1', clientId: 'homelabcmd', clientSecret: CLIENT_SECRET },
      ...{ label: 'Home', roleClaim: 'groups', roles: [] },
    },
  });
  await using stream = await TestStream.open(hub);
  await stream.first('hello');
  const { secrets, cookie } = await plant(hub, clock);
  for (const [what, secret] of Object.entries(secrets))
    expect([what, secret.length > 11]).toEqual([what, true]);
  // What is asked for wrongly is not told again either.
  for (const body of [
    { api_key: `${API_KEY}!` },
    { name: 'Anna', password: `${PASSWORD}!` },
    PASSWORD,
    { [PASSWORD]: 1 },
  ])
    await hub.call('POST', '/session', body, { 'x-api-key': '' });
  {
    await using agent = await connectAgent(hub, 'attic');
    await agent.settled();
  }

  const copy = join(folder.path, 'copy.db');
  if (!isOnPostgres())
    expect((await homelabcmd(['backup', '--to', copy, '--data-dir', folder.path])).code).toBe(0);
  const doctor = await homelabcmd(['doctor', '--data-dir', folder.path], {
    HOMELABCMD_API_KEY: API_KEY,
    HOMELABCMD_OIDC_CLIENT_SECRET: CLIENT_SECRET,
  });
  const places: Record<string, string> = {
    'answers to a key': await everythingRead(hub, { 'x-api-key': API_KEY }),
    'answers to a session': await everythingRead(hub, { cookie }),
    'the live stream': JSON.stringify(stream.messages),
    'the log': JSON.stringify(hub.logLines),
    'the store': JSON.stringify(TABLES.map((table) => hub.rows(`SELECT * FROM ${table}`))),
    'a copy of the store': isOnPostgres() ? '' : readFileSync(copy, 'latin1'),
    'what the doctor says': doctor.out + doctor.err,
  };
  for (const [place, text] of Object.entries(places))
    for (const [what, secret] of Object.entries(secrets))
      expect([place, what, text.includes(secret)]).toEqual([place, what, false]);
  expect(places['answers to a key']).toContain('/sessions');
});

test('the canary would be seen', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('PATCH', '/servers/nas', { display_name: API_KEY });
  expect(await everythingRead(hub, { 'x-api-key': API_KEY })).toContain(API_KEY);
  expect(EVENTS_PATH).toBe('/events');
});
