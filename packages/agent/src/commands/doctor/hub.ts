import type { IncomingMessage } from 'node:http';
import { AGENT_LINK_PATH } from '@homelabcmd/protocol';
import { AUTHORITY_PATH, certificateFingerprint } from '@homelabcmd/protocol/link';
import { linkUrlOf } from '../../config.ts';
import { textIfThere } from '../../durable-file.ts';
import { later } from '../../later.ts';
import { authorityPath } from '../../link/authority.ts';
import { troubleOf } from '../../link/why-unreachable.ts';
import { messageOf } from '../../log.ts';
import { type Finding, fail, ok, type Patient, warn } from './check.ts';

const WITHIN_MS = 10_000;
/** The header has whole seconds, and the answer was on its way. */
const SLACK_MS = 2000;
const ODD_MS = 30_000;
const WRONG_MS = 300_000;

/** Is the hub there, with a certificate from the right authority, and what time is it there? */
export async function hub({ server, world }: Patient): Promise<Finding[]> {
  const name = 'Hub';
  let linkUrl: string;
  let authority: string | null;
  try {
    linkUrl = linkUrlOf(world.env['HOMELABCMD_HUB_URL'] ?? '');
    authority = textIfThere(authorityPath(server.stateDir));
  } catch (cause) {
    return [fail(name, messageOf(cause), `Change that in ${world.places.settings}.`)];
  }
  const { host } = new URL(linkUrl);
  try {
    const extra = textIfThere(world.env['NODE_EXTRA_CA_CERTS'] || '/dev/null') ?? '';
    const { statusCode = 0, headers } = await ask(linkUrl, authority, extra);
    if (statusCode >= 500)
      return [
        fail(name, `${host} answers with HTTP ${statusCode}`, 'Look whether the hub runs behind its proxy.'),
      ];
    return [ok(name, `${host} answers. ${certificateWords(linkUrl, authority)}`), clock(headers.date)];
  } catch (cause) {
    return [
      fail(name, troubleOf(linkUrl, cause), 'The agent tries again by itself, once a minute at least.'),
    ];
  }
}

function certificateWords(linkUrl: string, authority: string | null): string {
  if (!linkUrl.startsWith('wss:')) return 'It is this machine itself, and is asked in clear.';
  if (authority === null) return 'Its certificate is from an authority that this machine knows.';
  return `Its certificate is from the authority that the enrolment token named (SHA-256 ${certificateFingerprint(authority).slice(0, 16)}…).`;
}

/** Nothing secret is sent: it is what anybody may ask. */
function ask(linkUrl: string, authority: string | null, extra: string): Promise<IncomingMessage> {
  const url = new URL(linkUrl.replace(/^ws/, 'http'));
  url.pathname = url.pathname.slice(0, -AGENT_LINK_PATH.length) + AUTHORITY_PATH;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { agent: false as const, signal: AbortSignal.timeout(WITHIN_MS) };
  const ca = authority === null ? [...later.tls.rootCertificates, extra] : [authority];
  const request =
    url.protocol === 'https:'
      ? later.https.get(url, { ...options, ca }, resolve)
      : later.http.get(url, options, resolve);
  request.on('error', reject);
  return promise.finally(() => request.destroy());
}

/** Approvals that a passkey has signed end at a time, so both clocks have to be right. */
function clock(date: string | undefined): Finding {
  const name = 'Clock';
  const hubMs = Date.parse(date ?? '');
  if (Number.isNaN(hubMs)) return ok(name, 'the hub does not say what time it is there');
  const apartMs = Math.abs(Date.now() - hubMs);
  const words = `this clock and the hub's are ${Math.round(apartMs / 1000)} s apart`;
  const todo = 'Compare both with the right time: timedatectl';
  if (apartMs > WRONG_MS) return fail(name, words, todo);
  if (apartMs > ODD_MS) return warn(name, words, todo);
  return ok(name, apartMs <= SLACK_MS ? "this clock and the hub's agree" : words);
}
