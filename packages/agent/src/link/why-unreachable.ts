import { requesterFor } from '../later.ts';
import { codeOf, messageOf } from '../log.ts';

const WITHIN_MS = 10_000;
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What is wrong with a certificate that is from the right authority, by the code of OpenSSL or Node.js. */
const CERTIFICATE_TROUBLE: Partial<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has ended: renew it on the hub, and compare the clocks of both machines',
  CERT_NOT_YET_VALID: 'begins only later: compare the clocks of both machines',
  CERT_SIGNATURE_FAILURE:
    'was not signed by the authority that it names: somebody else may be in the place of the hub',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names: reach the hub by one of its own',
  INVALID_PURPOSE: 'is not made for servers',
};

/**
 * Why no link comes about, as a sentence that says what to look at. A WebSocket keeps the cause to itself; an ordinary
 * request to the same address does not. Nothing is decided by the answer, and nothing secret is sent.
 */
export async function whyUnreachable(linkUrl: string): Promise<string> {
  const { host } = new URL(linkUrl);
  try {
    const status = await statusOf(linkUrl.replace(/^ws/, 'http'));
    return `${host} answers with HTTP ${status} and opens no link: check the path of the address, and that the proxy before the hub passes on WebSocket upgrades.`;
  } catch (error) {
    return troubleOf(linkUrl, error);
  }
}

/** What went wrong on the way to the hub, as a sentence that says what to look at. */
export function troubleOf(linkUrl: string, cause: unknown): string {
  const { host, hostname } = new URL(linkUrl);
  const code = codeOf(cause);
  if (UNKNOWN_AUTHORITY.has(code))
    return `The certificate of ${host} is from an authority that this agent does not know: enrol this server anew if the hub's is a new one, or make the authority known by NODE_EXTRA_CA_CERTS (${code}).`;
  const trouble = CERTIFICATE_TROUBLE[code];
  if (trouble !== undefined) return `The certificate of ${host} ${trouble} (${code}).`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name ${hostname} has no address here: check the name, and the DNS of this server (${code}).`;
  if (code === 'ECONNREFUSED')
    return `Nothing listens at ${host}: check that the hub runs, and on which address (${code}).`;
  return `No connection to ${host} comes about: ${messageOf(cause)}`;
}

/** By `node:https`, whose certificates are checked by the hub's authority on each runtime, and whose errors have codes. */
function statusOf(url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { get } = requesterFor(new URL(url).protocol);
  const request = get(url, { agent: false, signal: AbortSignal.timeout(WITHIN_MS) }, (response) => {
    resolve(response.statusCode ?? 0);
    response.destroy();
  });
  request.on('error', reject);
  return promise;
}
