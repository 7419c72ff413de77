import type { Channel, ChannelKind, ChannelTest, Delivery, Heartbeat } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestHub, type TestHub } from '../hub-fixture.ts';
import { writesFail } from '../store-access.ts';
import { answering, Receiver } from './receiver.ts';

const TOKEN = 'Bearer 0123456789-of-the-receiver';

const startHubWith = (receiver: Receiver): Promise<TestHub> =>
  startTestHub({ outgoingHosts: [receiver.host], publicUrl: 'https://hub.example.org' });

const wishFor = (receiver: Receiver, change: object = {}) => ({
  ...{ name: 'hook', kind: 'webhook', settings: { url: receiver.url, authorization: TOKEN } },
  ...change,
});

const add = (hub: TestHub, wish: object) => hub.call<Channel>('POST', '/channels', wish);

test('a form can be made of what each kind says about itself', async () => {
  await using hub = await startTestHub();
  const { body } = await hub.call<{ channel_kinds: ChannelKind[] }>('GET', '/channel-kinds');
  expect(body.channel_kinds.map(({ kind }) => kind)).toEqual([
    ...['ntfy', 'gotify', 'discord', 'slack', 'telegram', 'email', 'webhook', 'event_webhook'],
  ]);
  for (const { fields } of body.channel_kinds) {
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
    for (const { type, choices } of fields) expect(choices.length > 0).toBe(type === 'choice');
  }
});

test('a channel is added, changed and removed; its secrets are written and never read', async () => {
  await using receiver = await Receiver.start();
  await using hub = await startHubWith(receiver);
  const { status, body: added, text } = await add(hub, wishFor(receiver));
  expect([status, added.secrets, added.settings]).toEqual([201, ['url', 'authorization'], {}]);
  expect(text).not.toContain(TOKEN);
  const path = `/channels/${added.channel_id}`;
  const test = await hub.call<ChannelTest>('POST', `${path}/test`);
  expect(test.body).toMatchObject({ delivered: true, said: '{"ok":true}' });
  expect(receiver.got[0]?.headers.authorization).toBe(TOKEN);

  const kept = { name: 'the hook', kind: 'webhook', settings: { format: 'json', authorization: null } };
  expect((await hub.call<Channel>('PUT', path, kept)).body.secrets).toEqual(['url']);
  await hub.call('POST', `${path}/test`);
  expect([receiver.got[1]?.headers.authorization, receiver.got.length]).toEqual([undefined, 2]);
  expect((await hub.call<{ channels: Channel[] }>('GET', '/channels')).body.channels).toHaveLength(1);

  expect((await hub.call('DELETE', path)).status).toBe(204);
  for (const method of ['GET', 'DELETE']) expect((await hub.call(method, path)).status).toBe(404);
  const verbs = hub.rows<{ verb: string; detail: string }>(
    "SELECT verb, detail FROM audit_entries WHERE verb LIKE 'channel.%' ORDER BY id",
  );
  expect(verbs.map(({ verb }) => verb)).toEqual(['channel.created', 'channel.changed', 'channel.removed']);
  expect(hub.faults).toEqual([]);
});

test.each([
  ['webhook', { url: 'URL' }, { url: 'URL/elsewhere' }, { authorization: TOKEN }, 'authorization'],
  ['gotify', { server: 'URL' }, { server: 'URL/elsewhere' }, { token: TOKEN }, 'token'],
  ['email', { host: 'one.example' }, { host: 'other.example' }, { password: TOKEN }, 'password'],
])(
  'what is secret for %s does not go with it to another place',
  async (kind, place, other, secret, field) => {
    await using receiver = await Receiver.start();
    await using hub = await startHubWith(receiver);
    const plain = kind === 'email' ? { from: 'hub@a.example', to: 'kim@a.example', user: 'hub' } : {};
    const at = (settings: object) => ({
      ...{ name: 'mine', kind },
      settings: JSON.parse(JSON.stringify(settings).replaceAll('URL', receiver.url)) as object,
    });
    const { status, body } = await hub.call<Channel>(
      'POST',
      '/channels',
      at({ ...plain, ...place, ...secret }),
    );
    expect([status, body]).toEqual([201, body]);
    const path = `/channels/${body.channel_id}`;
    const refused = await hub.call('PUT', path, at({ ...plain, ...other }));
    expect([refused.status, refused.body.errors?.[0]?.path]).toEqual([422, `settings.${field}`]);
    expect((await hub.call('PUT', path, at({ ...plain, ...place }))).status).toBe(200);
    const again = await hub.call<Channel>('PUT', path, at({ ...plain, ...other, ...secret }));
    expect([again.status, again.body.secrets.includes(field)]).toEqual([200, true]);
  },
);

test('what cannot be is refused, with the field that is wrong', async () => {
  await using receiver = await Receiver.start();
  await using hub = await startHubWith(receiver);
  const { body: added } = await add(hub, wishFor(receiver));
  for (const [change, code, at] of [
    [{}, 'already_exists', undefined],
    [{ name: 'HOOK' }, 'already_exists', undefined],
    [{ name: 'b', settings: {} }, 'invalid', 'settings.url'],
    [{ name: 'b', settings: { url: 'nas' } }, 'invalid', 'settings.url'],
    [{ name: 'b\u202E' }, 'invalid', 'name'],
    [{ name: 'b', kind: 'pigeon' }, 'invalid', 'kind'],
  ] as const) {
    const { body } = await hub.call('POST', '/channels', wishFor(receiver, change));
    expect([body.code, body.errors?.[0]?.path]).toEqual([code, at]);
  }
  const other = { name: 'hook', kind: 'slack', settings: { url: 'https://hooks.slack.com/x' } };
  expect((await hub.call('PUT', `/channels/${added.channel_id}`, other)).body.code).toBe('invalid');
});

test('a try of a channel says what is wrong, in words, without the secrets', async () => {
  await using receiver = await Receiver.start();
  receiver.next(({ headers }, answer) => void answer.writeHead(401).end(`no to ${headers.authorization}`));
  await using hub = await startHubWith(receiver);
  const { body: added } = await add(hub, wishFor(receiver));
  const path = `/channels/${added.channel_id}/test`;
  expect((await hub.call<ChannelTest>('POST', path)).body).toMatchObject({
    ...{ delivered: false, outcome: 'The receiver answered 401.', said: 'no to …' },
  });
  const elsewhere = { ...wishFor(receiver), name: 'inside', settings: { url: 'http://127.0.0.1:1/' } };
  const { body: inside } = await add(hub, elsewhere);
  const { body } = await hub.call<ChannelTest>('POST', `/channels/${inside.channel_id}/test`);
  expect([body.delivered, body.outcome]).toEqual([
    ...[false, expect.stringContaining('HOMELABCMD_OUTGOING_HOSTS')],
  ]);
});

test('what is told is listed by channel and state, and what had failed is tried once more', async () => {
  await using receiver = await Receiver.start();
  receiver.next(answering(400));
  await using hub = await startHubWith(receiver);
  const events = {
    name: 'events',
    kind: 'event_webhook',
    settings: { url: receiver.url, events: 'server.*' },
  };
  const { body: channel } = await add(hub, events);
  await hub.addServer('nas');
  const list = async (query: string) =>
    (await hub.call<{ deliveries: Delivery[]; total: number }>('GET', `/deliveries?${query}`)).body;
  await expect.poll(async () => (await list('state=failed')).total).toBe(1);
  const [failed] = (await list(`channel_id=${channel.channel_id}`)).deliveries;
  expect([failed?.title, failed?.because, failed?.channel]).toEqual([
    ...['server.created', 'The receiver answered 400.', 'events'],
  ]);
  expect((await hub.call<Channel>('GET', `/channels/${channel.channel_id}`)).body.health).toMatchObject({
    ...{ state: 'failing', failures: 1, last_failure: 'The receiver answered 400.' },
  });
  expect((await hub.call('POST', `/deliveries/${failed?.delivery_id}/retry`)).status).toBe(200);
  await expect.poll(async () => (await list('state=delivered')).total).toBe(1);
  const again = await hub.call('POST', `/deliveries/${failed?.delivery_id}/retry`);
  expect([again.status, again.body.code]).toEqual([409, 'delivery_moved_on']);
  expect((await list('alert_id=1')).total).toBe(0);
  expect(receiver.got.map(({ id }) => id)).toEqual([failed?.message_id, failed?.message_id]);
});

test('an address is asked while the hub is well, and how that went is shown without the address', async () => {
  await using receiver = await Receiver.start();
  await using hub = await startHubWith(receiver);
  const url = `${receiver.url}/ping/a-secret`;
  const { status, body, text } = await hub.call<Heartbeat>('POST', '/heartbeats', { name: 'watcher', url });
  expect([status, body.host, text.includes('a-secret')]).toEqual([201, receiver.host, false]);
  await expect.poll(() => receiver.got.map(({ path }) => path)).toEqual(['/ping/a-secret']);
  const read = async () =>
    (await hub.call<{ heartbeats: Heartbeat[] }>('GET', '/heartbeats')).body.heartbeats[0];
  await expect.poll(async () => (await read())?.last_sent_at).not.toBeNull();
  receiver.usually(answering(404));
  const path = `/heartbeats/${body.heartbeat_id}`;
  await hub.call('PUT', path, { name: 'watcher', every_ms: 60_000 });
  await expect.poll(async () => (await read())?.last_failure).toBe('The receiver answered 404.');
  expect((await hub.call('DELETE', path)).status).toBe(204);
  expect((await hub.call('DELETE', path)).status).toBe(404);
  expect((await hub.call('POST', '/heartbeats', { name: 'x', url: 'ftp://nas' })).body.code).toBe('invalid');
  expect((await hub.call('POST', '/heartbeats', { name: 'x' })).body.code).toBe('invalid');
});

test('a hub that cannot write says nothing', async () => {
  await using receiver = await Receiver.start();
  await using hub = await startHubWith(receiver);
  await writesFail(hub, 'UPDATE', 'heartbeats');
  await hub.call('POST', '/heartbeats', { name: 'watcher', url: receiver.url });
  await expect
    .poll(() => hub.faults.map(({ msg }) => msg))
    .toEqual(['the hub could not say that it is well']);
  expect(receiver.got).toEqual([]);
});
