import { createHmac } from 'node:crypto';
import { type ChannelKindId, visible } from '@homelabcmd/protocol';
import { HIDDEN_CHARACTER, hostileTexts } from '@homelabcmd/testkit/hostile';
import { expect, test } from 'vitest';
import { alertWith } from '../../../test/notifications/alert-fixture.ts';
import {
  answering,
  cutting,
  garbling,
  type Manner,
  Receiver,
  stalling,
} from '../../../test/notifications/receiver.ts';
import { outgoing } from '../../lib/outgoing/ask.ts';
import { places } from '../../lib/outgoing/place.ts';
import { messageOf, type Told } from '../message/message.ts';
import type { Means, Outcome, Settings } from './kind.ts';
import { CHANNEL_KINDS } from './registry.ts';
import { settingsOf, whole } from './settings.ts';

const NOW = Date.parse('2026-01-10T12:00:00.000Z');
const LINK = 'https://hub.example.org/alerts/1';

const meansOf = (signal = AbortSignal.timeout(5000), withinMs = 5000): Means => ({
  ask: outgoing({ listed: ['127.0.0.1'], refused: () => {}, withinMs }),
  placeOf: places(['127.0.0.1']),
  ...{ signal, nowMs: NOW },
});

const told = (change: Parameters<typeof alertWith>[1] = {}, occasion: Told['occasion'] = 'fired'): Told => ({
  ...{ occasion, alert: alertWith(1, change), link: LINK },
});

/** What each needs to reach a receiver of the tests. */
const FILLED: Partial<Record<ChannelKindId, (url: string) => Settings>> = {
  ntfy: (url) => ({ server: url, topic: 'my-house', token: 'tk_secret' }),
  gotify: (url) => ({ server: `${url}/gotify/`, token: 'AbCdEf' }),
  discord: (url) => ({ url: `${url}/api/webhooks/1/abc` }),
  slack: (url) => ({ url: `${url}/services/T/B/x` }),
  telegram: (url) => ({ server: url, token: '123456:ABC-DEF', chat_id: '-100' }),
  webhook: (url) => ({ url, secret: 'sesame' }),
};
const BY_HTTP = Object.keys(FILLED) as ChannelKindId[];

function settingsFor(kindId: ChannelKindId, url: string, change: Settings = {}): Settings {
  const kind = CHANNEL_KINDS[kindId];
  return whole(kind, settingsOf(kind, { ...FILLED[kindId]?.(url), ...change }));
}

async function send(kindId: ChannelKindId, settings: Settings, all: readonly Told[], means = meansOf()) {
  const kind = CHANNEL_KINDS[kindId];
  if (kind.tells !== 'alerts') throw new Error(`${kindId} tells no alerts`);
  return kind.send(settings, messageOf('the-id', all), means);
}

const bodyOf = (receiver: Receiver, n = 0): Record<string, unknown> =>
  JSON.parse(receiver.got[n]?.body ?? '') as Record<string, unknown>;

test.each(BY_HTTP)('%s is told what, why, where to look, and by which id', async (kindId) => {
  await using receiver = await Receiver.start();
  const outcome = await send(kindId, settingsFor(kindId, receiver.url), [told()]);
  expect(outcome).toEqual({ delivered: true, said: '{"ok":true}' });
  const [got] = receiver.got;
  expect(got?.id).toBe('the-id');
  for (const text of ['service-1 failed on nas', 'It ran out of memory', 'last line', 'alerts/1'])
    expect(got?.body.replaceAll('\\\\', '')).toContain(text);
});

test('each speaks to its receiver as that wants it', async () => {
  await using receiver = await Receiver.start();
  for (const kindId of BY_HTTP) await send(kindId, settingsFor(kindId, receiver.url), [told()]);
  const [ntfy, gotify, discord, slack, telegram] = receiver.got;
  expect([ntfy?.path, ntfy?.headers.authorization, bodyOf(receiver, 0)]).toMatchObject([
    ...['/', 'Bearer tk_secret'],
    { topic: 'my-house', title: 'service-1 failed on nas', priority: 5, click: LINK },
  ]);
  expect([gotify?.path, gotify?.headers['x-gotify-key'], bodyOf(receiver, 1)]).toMatchObject([
    ...['/gotify/message', 'AbCdEf', { priority: 10 }],
  ]);
  expect([discord?.path, bodyOf(receiver, 2)]).toMatchObject([
    ...['/api/webhooks/1/abc', { allowed_mentions: { parse: [] } }],
  ]);
  expect([slack?.path, bodyOf(receiver, 3)]).toMatchObject(['/services/T/B/x', { mrkdwn: false }]);
  expect([telegram?.path, bodyOf(receiver, 4)]).toMatchObject([
    ...['/bot123456:ABC-DEF/sendMessage', { chat_id: '-100', parse_mode: 'HTML' }],
  ]);
});

test.each<[string, Manner, Partial<Outcome>]>([
  ['fails', answering(500), { isForGood: false, because: 'The receiver answered 500.' }],
  ['is busy', answering(429, '', { 'retry-after': '7' }), { isForGood: false, retryAfterMs: 7000 }],
  [
    'is busy until a moment',
    answering(503, '', { 'retry-after': 'Sat, 10 Jan 2026 12:01:00 GMT' }),
    { isForGood: false, retryAfterMs: 60_000 },
  ],
  ['is busy for a year', answering(429, '', { 'retry-after': '31536000' }), { retryAfterMs: 3_600_000 }],
  ['says nonsense about when', answering(429, '', { 'retry-after': 'soon' }), { retryAfterMs: null }],
  ['knows no such thing', answering(404, 'no such hook'), { isForGood: true, said: 'no such hook' }],
  ['sends elsewhere', answering(302, '', { location: 'http://127.0.0.1:1/' }), { isForGood: true }],
  ['cuts the connection', cutting, { isForGood: false, because: 'The receiver cut the connection.' }],
  ['answers no HTTP', garbling, { isForGood: false }],
  ['stalls', stalling, { isForGood: false, because: 'There was no answer in time.' }],
  [
    'answers without end',
    (_, answer) => void answer.writeHead(200).end('x'.repeat(2_000_000)),
    { isForGood: false },
  ],
])('of a receiver that %s it is known what became of it', async (_, manner, expected) => {
  await using receiver = await Receiver.start(manner);
  for (const kindId of BY_HTTP) {
    const settings = settingsFor(kindId, receiver.url);
    const outcome = await send(kindId, settings, [told()], meansOf(undefined, 300));
    expect([kindId, outcome]).toMatchObject([kindId, { delivered: false, ...expected }]);
  }
});

test('Discord and Telegram say in their answer when to come again', async () => {
  await using receiver = await Receiver.start();
  receiver.next(answering(429, '{"retry_after":1.5}'), answering(429, '{"parameters":{"retry_after":8}}'));
  for (const [kindId, retryAfterMs] of [['discord', 1500] as const, ['telegram', 8000] as const])
    expect(await send(kindId, settingsFor(kindId, receiver.url), [told()])).toMatchObject({ retryAfterMs });
});

/** What the markup of each would take for its own, had it not been made harmless. */
const DANGERS: Partial<Record<ChannelKindId, (body: Record<string, unknown>, text: string) => void>> = {
  telegram(body) {
    const text = String(body['text']);
    const tags = text.replaceAll(
      /<\/?(?:b|pre)>|<a href="https:\/\/hub\.example\.org\/[a-z0-9/]+">|<\/a>/g,
      '',
    );
    expect(tags).not.toMatch(/[<>@]/);
    expect(text.length).toBeLessThanOrEqual(4096);
  },
  discord(body) {
    const [embed] = body['embeds'] as { title: string; description: string }[];
    const outside = (embed?.description ?? '')
      .replaceAll(/```\n[^`]*\n```/g, '')
      .replaceAll(/<https[^>]*>/g, '');
    expect(outside.replaceAll(/\\./g, '').replaceAll('**', '')).not.toMatch(/[*_~`|<>[\]@]/);
    expect((embed?.title ?? '').length).toBeLessThanOrEqual(256);
    expect((embed?.description ?? '').length).toBeLessThanOrEqual(4096);
  },
  slack(body) {
    expect(String(body['text'])).not.toMatch(/[<>]/);
    const blocks = JSON.stringify(body['blocks']);
    expect(blocks).not.toContain('"mrkdwn"');
    const header = (body['blocks'] as { text: { text: string } }[])[0];
    expect(header?.text.text.length).toBeLessThanOrEqual(150);
  },
  ntfy(body) {
    expect(Buffer.byteLength(String(body['message']))).toBeLessThanOrEqual(4096);
  },
};

test.each(BY_HTTP)('whatever a server writes, %s shows it as text', { timeout: 60_000 }, async (kindId) => {
  const sent: string[] = [];
  const means: Means = {
    ...meansOf(),
    ask: async (_, asked) => {
      sent.push(String(asked?.body));
      return new Response('ok');
    },
  };
  const settings = settingsFor(kindId, 'http://127.0.0.1');
  for (const text of hostileTexts) {
    const hostile = { title: text, subject: text, detail: text, lines: [text, text] };
    for (const all of [[told(hostile)], [told(hostile), told(hostile, 'resolved')]]) {
      await send(kindId, settings, all, means);
      const body = JSON.parse(sent.pop() ?? '') as Record<string, unknown>;
      const { told: facts, ...shown } = body;
      for (const part of (facts as { alert?: unknown }[] | undefined) ?? []) delete part.alert;
      for (const one of textsIn({ ...shown, facts })) {
        expect([text, one.replaceAll('\n', ''), HIDDEN_CHARACTER.test(one)]).toEqual([
          ...[text, one.replaceAll('\n', ''), false],
        ]);
        expect(one.isWellFormed()).toBe(true);
      }
      DANGERS[kindId]?.(body, text);
    }
  }
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

test('a message that is too long for its receiver says how much more there is', async () => {
  await using receiver = await Receiver.start();
  const many = Array.from({ length: 30 }, (_, n) =>
    told({ alert_id: n + 1, title: `${n} `.padEnd(300, 'x') }),
  );
  await send('ntfy', settingsFor('ntfy', receiver.url), many);
  const message = String(bodyOf(receiver)['message']);
  const named = many.filter(({ alert }) => message.includes(alert.title)).length;
  expect(message).toContain(`and ${29 - named} more`);
  expect(bodyOf(receiver)['title']).toMatch(/, and 29 more$/);
});

test('a webhook is signed with its time, so that its receiver can verify it', async () => {
  await using receiver = await Receiver.start();
  await send('webhook', settingsFor('webhook', receiver.url), [told()]);
  const [got] = receiver.got;
  const at = String(got?.headers['x-homelabcmd-timestamp']);
  expect(at).toBe(String(NOW / 1000));
  const expected = createHmac('sha256', 'sesame').update(`${at}.${got?.body}`).digest('hex');
  expect(got?.headers['x-homelabcmd-signature']).toBe(`sha256=${expected}`);
});

test('a template is filled with values, which stay values', async () => {
  await using receiver = await Receiver.start();
  const template = '{"text":"{{title}} – {{ link }}","id":"{{id}}","at":["{{server_id}}","{{lines}}"]}';
  const title = '","admin":true,"x":"{{id}}\\';
  await send('webhook', settingsFor('webhook', receiver.url, { template }), [told({ title })]);
  expect(bodyOf(receiver)).toEqual({
    ...{ text: `${visible(title)} – ${LINK}`, id: 'the-id', at: ['nas', 'first line / last line'] },
  });
  const plain = { template: 'at {{server_id}}: {{title}}', format: 'text' };
  await send('webhook', settingsFor('webhook', receiver.url, plain), [told()]);
  expect([receiver.got[1]?.body, receiver.got[1]?.headers['content-type']]).toEqual([
    ...['at nas: service-1 failed on nas', 'text/plain; charset=utf-8'],
  ]);
});

test.each<[ChannelKindId, Record<string, string | number | null>, string]>([
  ['ntfy', {}, 'settings.topic'],
  ['ntfy', { topic: 'a/b' }, 'settings.topic'],
  ['ntfy', { topic: 'x', server: 'ftp://nas' }, 'settings.server'],
  ['ntfy', { topic: 'x', other: '1' }, 'settings.other'],
  ['ntfy', { topic: 'x', token: 'a\r\nx-evil: 1' }, 'settings.token'],
  ['discord', { url: 'https://user:pw@discord.com/' }, 'settings.url'],
  ['telegram', { token: '../x', chat_id: '1' }, 'settings.token'],
  ['webhook', { url: 'https://x.example', template: '{{constructor}}' }, 'settings.template'],
  ['webhook', { url: 'https://x.example', template: '{"a": {{title}}}' }, 'settings.template'],
  ['webhook', { url: 'https://x.example', format: 'xml' }, 'settings.format'],
  ['email', { host: 'mx', from: 'a@b\r\nBcc: c@d', to: 'x@y.example' }, 'settings.from'],
  ['email', { host: 'mx', from: 'a@b.example', to: 'x@y.example, nobody' }, 'settings.to'],
  ['email', { host: 'mx', from: 'a@b.example', to: 'x@y.example', port: 0 }, 'settings.port'],
  ['email', { host: 'mx:25', from: 'a@b.example', to: 'x@y.example' }, 'settings.host'],
  ['event_webhook', { url: 'https://x.example', events: 'a b.c.d' }, 'settings.events'],
])('%s with %j is refused at %s', (kindId, given, path) => {
  expect(() => settingsOf(CHANNEL_KINDS[kindId], given)).toThrow(
    expect.objectContaining({
      code: 'invalid',
      extra: { errors: [expect.objectContaining({ path })] },
    }),
  );
});
