import { isIP } from 'node:net';
import { visible } from '@homelabcmd/protocol';
import { createTransport } from 'nodemailer';
import { compose, escapeHtml, type Markup, plainMarkup } from '../message/compose.ts';
import { failed, sentenceOf } from '../sending/http.ts';
import { field, type Kind, type Means, type Outcome, type Settings, textOf } from './kind.ts';

const LIMIT = 50_000;
const ANSWERS_WITHIN_MS = 10_000;
const ADDRESS = /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/;

const HTML: Markup = {
  limit: LIMIT,
  measure: ({ length }) => length,
  heading: (text) => `<h3>${escapeHtml(text)}</h3>`,
  sentence: (text) => `<p>${escapeHtml(text)}</p>`,
  lines: (lines) => `<pre>${escapeHtml(lines.join('\n'))}</pre>`,
  link: (url) => `<p><a href="${escapeHtml(url)}">Look at it</a></p>`,
};

const USUAL_PORT: Record<string, number> = { tls: 465, starttls: 587, none: 25 };

const recipientsOf = (settings: Settings): string[] =>
  textOf(settings, 'to')
    .split(',')
    .map((address) => address.trim());

export const email: Kind = {
  kind: 'email',
  tells: 'alerts',
  title: 'Email',
  summary: 'By a mail server of yours or of your provider.',
  place: 'host',
  fields: [
    field({
      ...{ name: 'host', label: 'Mail server', type: 'text', required: true },
      placeholder: 'smtp.example.org',
    }),
    field({
      ...{ name: 'security', label: 'Security', type: 'choice', by_default: 'tls' },
      choices: [
        { value: 'tls', label: 'TLS' },
        { value: 'starttls', label: 'STARTTLS' },
        { value: 'none', label: 'None, in a network of your own' },
      ],
    }),
    field({
      ...{ name: 'port', label: 'Port', type: 'number' },
      help: 'Left empty: 465 with TLS, 587 with STARTTLS, 25 without.',
    }),
    field({ name: 'user', label: 'User name', type: 'text' }),
    field({ name: 'password', label: 'Password', type: 'secret' }),
    field({
      ...{ name: 'from', label: 'From', type: 'text', required: true },
      placeholder: 'homelab@example.org',
    }),
    field({
      ...{ name: 'to', label: 'To', type: 'text', required: true, placeholder: 'you@example.org' },
      help: 'Several with commas between them.',
    }),
    field({
      ...{ name: 'authority', label: 'Certificate authority', type: 'long_text' },
      help: 'In PEM, where the mail server has a certificate of an authority of your own.',
    }),
  ],
  problem(settings) {
    const host = textOf(settings, 'host');
    const port = settings['port'];
    if (!/^[A-Za-z0-9._:-]+$/.test(host) || URL.parse(`https://${bracketed(host)}`) === null)
      return { field: 'host', message: 'The mail server is a name or an address, without a port' };
    if (port !== undefined && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536))
      return { field: 'port', message: 'A port is a number from 1 to 65535' };
    if (!ADDRESS.test(textOf(settings, 'from')))
      return { field: 'from', message: 'Use one address, like homelab@example.org' };
    return recipientsOf(settings).every((address) => ADDRESS.test(address))
      ? null
      : { field: 'to', message: 'Use addresses like you@example.org, with commas between them' };
  },
  async send(settings, message, means) {
    const html = compose(message, HTML);
    return mail(settings, means, {
      messageId: `<${message.id}@homelabcmd.invalid>`,
      subject: message.title,
      text: compose(message, plainMarkup(LIMIT)),
      html: `<!doctype html><meta charset="utf-8"><body>${html}</body>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Idempotency-Key': message.id },
      priority: message.urgency === 'critical' ? 'high' : 'normal',
    });
  },
};

interface Mail {
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Record<string, string>;
  readonly priority: 'high' | 'normal';
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

async function mail(settings: Settings, { placeOf, signal }: Means, written: Mail): Promise<Outcome> {
  const security = textOf(settings, 'security');
  const user = textOf(settings, 'user');
  const authority = textOf(settings, 'authority');
  const port = Number(settings['port'] ?? USUAL_PORT[security]);
  try {
    const { host, address } = await placeOf(bracketed(textOf(settings, 'host')), port, security !== 'none');
    const transport = createTransport({
      // The address that was judged; the certificate is that of the name.
      ...{ host: address, port, secure: security === 'tls' },
      ...{ requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
      tls: {
        servername: isIP(host) === 0 ? host : '',
        minVersion: 'TLSv1.2',
        ...(authority === '' ? {} : { ca: authority }),
      },
      ...(user === '' ? {} : { auth: { user, pass: textOf(settings, 'password') } }),
      ...{ connectionTimeout: ANSWERS_WITHIN_MS, greetingTimeout: ANSWERS_WITHIN_MS },
      ...{ socketTimeout: ANSWERS_WITHIN_MS, dnsTimeout: ANSWERS_WITHIN_MS },
      ...{ disableFileAccess: true, disableUrlAccess: true, name: 'homelabcmd.invalid' },
    });
    const close = () => transport.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      const sent = await transport.sendMail({
        ...written,
        from: { name: 'HomelabCmd', address: textOf(settings, 'from') },
        to: recipientsOf(settings),
      });
      return { delivered: true, said: visible(sent.response.slice(0, 500)) };
    } finally {
      signal.removeEventListener('abort', close);
      transport.close();
    }
  } catch (cause) {
    return outcomeOf(cause);
  }
}

/** What nodemailer adds to an error: what the mail server said. */
const saidIn = (cause: unknown, name: 'responseCode' | 'response'): unknown =>
  cause instanceof Error ? Object.getOwnPropertyDescriptor(cause, name)?.value : undefined;

/** A mail server says by 5 that it never will, and by 4 that it will later. */
function outcomeOf(cause: unknown): Outcome {
  const code = saidIn(cause, 'responseCode');
  const response = saidIn(cause, 'response');
  if (typeof code !== 'number') return failed(sentenceOf(cause));
  const said = typeof response === 'string' ? visible(response.slice(0, 500)) : null;
  return failed(`The mail server answered ${code}.`, code >= 500, said);
}
