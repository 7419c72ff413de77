import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { hostileTexts } from '@homelabcmd/testkit/hostile';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import { alertWith } from '../../../test/notifications/alert-fixture.ts';
import { outgoing } from '../../lib/outgoing/ask.ts';
import { places } from '../../lib/outgoing/place.ts';
import { makeAuthority, issueCertificate } from '../../../test/notifications/certificate.ts';
import { messageOf } from '../message/message.ts';
import { email } from './email.ts';
import { settingsOf, whole } from './settings.ts';

const NOW = Date.parse('2026-01-10T12:00:00.000Z');

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | null;
  readonly isEncrypted: boolean;
  readonly text: string;
}

/** A real mail server that takes mail for everybody but those whom it does not know. */
async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: options.secure || options.key ? [] : ['STARTTLS'],
    authOptional: true,
    onAuth: ({ username, password }, _, done) =>
      password === 'sesame' ? done(null, { user: username }) : done(new Error('Invalid login')),
    onRcptTo({ address }, _, done) {
      const code = address.startsWith('nobody@') ? 550 : address.startsWith('busy@') ? 451 : null;
      if (code === null) done();
      else done(Object.assign(new Error(`${address} is not taken`), { responseCode: code }));
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => void pieces.push(piece));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          user: session.user ?? null,
          isEncrypted: session.secure,
          text: Buffer.concat(pieces).toString(),
        });
        done(null, 'taken as 4711');
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    mails,
    port,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  };
}

const means = (listed = ['127.0.0.1']) => ({
  ask: outgoing({ listed, refused: () => {} }),
  placeOf: places(listed),
  ...{ signal: AbortSignal.timeout(20_000), nowMs: NOW },
});

async function send(
  port: number,
  settings: Record<string, string | number>,
  change: Parameters<typeof alertWith>[1] = {},
  by = means(),
) {
  if (email.tells !== 'alerts') throw new Error('no');
  const usual = {
    host: '127.0.0.1',
    port,
    from: 'hub@home.example',
    to: 'kim@home.example',
    security: 'none',
  };
  const kept = settingsOf(email, { ...usual, ...settings });
  const message = messageOf('the-id', [
    { occasion: 'fired', alert: alertWith(1, change), link: 'https://hub.example.org/alerts/1' },
  ]);
  return email.send(whole(email, kept), message, by);
}

test('a mail has who, what, why and where, once for each receiver, by an id that a repeat shares', async () => {
  await using server = await startMailServer();
  const outcome = await send(server.port, { to: 'kim@home.example, lou@home.example' });
  expect(outcome).toMatchObject({ delivered: true, said: expect.stringContaining('taken as 4711') });
  const [mail] = server.mails;
  expect([mail?.from, mail?.to]).toEqual(['hub@home.example', ['kim@home.example', 'lou@home.example']]);
  for (const text of [
    'Subject: service-1 failed on nas',
    'Message-ID: <the-id@homelabcmd.invalid>',
    'Auto-Submitted: auto-generated',
    'It ran out of memory.',
    'last line',
    'https://hub.example.org/alerts/1',
  ])
    expect(mail?.text).toContain(text);
});

test('TLS, STARTTLS and a login are used where they are asked for', async () => {
  const authority = await makeAuthority();
  const { key, cert } = await issueCertificate(authority, '127.0.0.1');
  const login = { user: 'hub', password: 'sesame', authority: authority.cert };
  await using tls = await startMailServer({ secure: true, key, cert });
  await using startTls = await startMailServer({ key, cert });
  expect(await send(tls.port, { ...login, security: 'tls' })).toMatchObject({ delivered: true });
  expect(await send(startTls.port, { ...login, security: 'starttls' })).toMatchObject({ delivered: true });
  for (const { mails } of [tls, startTls])
    expect(mails.map(({ user, isEncrypted }) => [user, isEncrypted])).toEqual([['hub', true]]);
});

test('a mail server without STARTTLS, with a strange certificate or a wrong login gets no mail', async () => {
  const authority = await makeAuthority();
  const { key, cert } = await issueCertificate(authority, '127.0.0.1');
  await using plain = await startMailServer();
  await using tls = await startMailServer({ secure: true, key, cert });
  expect(await send(plain.port, { security: 'starttls' })).toMatchObject({ delivered: false });
  expect(await send(tls.port, { security: 'tls' })).toMatchObject({ delivered: false, isForGood: false });
  const wrong = { security: 'tls', authority: authority.cert, user: 'hub', password: 'simsalabim' };
  const refused = await send(tls.port, wrong);
  expect(refused).toMatchObject({ delivered: false, isForGood: true });
  expect(JSON.stringify(refused)).not.toContain('simsalabim');
  expect([plain.mails, tls.mails]).toEqual([[], []]);
});

test('what a mail server says for now and for ever is told apart', async () => {
  await using server = await startMailServer();
  expect(await send(server.port, { to: 'nobody@home.example' })).toMatchObject({
    ...{ delivered: false, isForGood: true, because: 'The mail server answered 550.' },
  });
  expect(await send(server.port, { to: 'busy@home.example' })).toMatchObject({
    ...{ delivered: false, isForGood: false, because: 'The mail server answered 451.' },
  });
  expect(await send(1, {})).toMatchObject({ delivered: false, isForGood: false });
});

test.each<[string, (socket: Socket) => void]>([
  ['cuts the connection', (socket) => void socket.destroy()],
  ['speaks no SMTP', (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')],
])('a mail server that %s is tried again', async (_, manner) => {
  const server = createServer((socket) => manner(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const outcome = await send((server.address() as AddressInfo).port, {});
  expect(outcome).toMatchObject({ delivered: false, isForGood: false });
  server.close();
});

test('a mail server on a network that nobody listed is not connected to', async () => {
  await using server = await startMailServer();
  expect(await send(server.port, {}, {}, means([]))).toMatchObject({
    delivered: false,
    because: expect.stringContaining('HOMELABCMD_OUTGOING_HOSTS'),
  });
  expect(server.mails).toEqual([]);
});

test('whatever a server writes, it makes no header, no receiver and no element', {
  timeout: 120_000,
}, async () => {
  await using server = await startMailServer();
  const texts = hostileTexts
    .filter((_, n) => n % 12 === 0)
    .concat('x\r\nBcc: evil@x.example\r\n\r\n<script>');
  for (const text of texts) {
    server.mails.length = 0;
    await send(server.port, {}, { title: text, detail: text, lines: [text], subject: text });
    const [mail] = server.mails;
    expect([text, mail?.to]).toEqual([text, ['kim@home.example']]);
    const [head = '', ...body] = mail?.text.split('\r\n\r\n') ?? [];
    const names = [...head.matchAll(/^([\w-]+):/gm)].map(([, name]) => name?.toLowerCase());
    expect([text, names.filter((name) => name === 'bcc' || name === 'subject')]).toEqual([text, ['subject']]);
    const html = decoded(body.join('\r\n\r\n'));
    expect([text, /<script|<img|<svg|<iframe|onerror="/i.test(html)]).toEqual([text, false]);
  }
});

/** The part that is HTML, as a reader decodes it. */
function decoded(body: string): string {
  const part = body.slice(body.indexOf('text/html'));
  const text = part.slice(part.indexOf('\r\n\r\n') + 4, part.lastIndexOf('\r\n--'));
  if (/Content-Transfer-Encoding: base64/i.test(part)) return Buffer.from(text, 'base64').toString();
  return text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/((?:=[0-9A-F]{2})+)/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
}
