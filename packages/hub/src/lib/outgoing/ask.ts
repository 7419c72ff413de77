import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { bySystem, NotPermitted, permit, portOf, type Resolve } from './permit.ts';

/** Larger answers and later ones are none. */
const MAX_BODY_BYTES = 1024 * 1024;
const ANSWERS_WITHIN_MS = 10_000;

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
  readonly signal?: AbortSignal | undefined;
}

/** Asks at an address and answers as `fetch` does, with an error in words of our own. */
export type Ask = (url: string, asked?: Asked) => Promise<Response>;

interface OutgoingParts {
  /** `host` or `host:port`: private networks, and what speaks plain http. */
  readonly listed: Iterable<string>;
  /** Told why something was not asked. */
  readonly refused: (sentence: string) => void;
  readonly resolve?: Resolve;
  readonly withinMs?: number;
}

/**
 * The one way on which the hub asks others by itself. Whoever answers does not choose where it asks next: no redirect is followed,
 * and the address that was judged is the one that is connected to. No proxy is asked, and nothing is kept open.
 */
export function outgoing({
  listed,
  refused,
  resolve = bySystem,
  withinMs = ANSWERS_WITHIN_MS,
}: OutgoingParts): Ask {
  const hosts = new Set(Array.from(listed, (host) => host.toLowerCase()));
  return async (text, asked = {}) => {
    const end = AbortSignal.timeout(withinMs);
    const signal = asked.signal ? AbortSignal.any([end, asked.signal]) : end;
    try {
      return await within(
        signal,
        (async () => {
          const url = new URL(text);
          const { host, addresses } = await permit(url, hosts, resolve);
          return askOneOf(addresses, (address) => connect(url, host, address, asked, signal));
        })(),
      );
    } catch (cause) {
      if (cause instanceof NotPermitted) refused(cause.message);
      throw cause;
    }
  };
}

/** The resolver cannot be interrupted; its answer is then not waited for. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const aborted = () => late.reject(new NotPermitted('There was no answer in time.'));
  signal.addEventListener('abort', aborted, { once: true });
  if (signal.aborted) aborted();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

/** The next address is tried where nothing listens on this one. */
async function askOneOf(
  addresses: readonly string[],
  ask: (address: string) => Promise<Response>,
): Promise<Response> {
  let last: unknown;
  for (const address of addresses) {
    try {
      return await ask(address);
    } catch (cause) {
      if (!isUnreachable(cause)) throw cause;
      last = cause;
    }
  }
  throw last;
}

const UNREACHABLE = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'];
const isUnreachable = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && UNREACHABLE.includes(String(cause.code));

async function connect(
  url: URL,
  host: string,
  address: string,
  { method = 'GET', headers = {}, body = null }: Asked,
  signal: AbortSignal,
): Promise<Response> {
  const request: ClientRequest = (url.protocol === 'https:' ? https : http).request({
    host: address,
    port: portOf(url),
    path: url.pathname + url.search,
    method,
    agent: false,
    // The certificate is that of the name, and not of the address.
    servername: isIP(host) === 0 ? host : '',
    headers: { ...headers, host: url.host, 'accept-encoding': 'identity', connection: 'close' },
    signal,
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.on('response', resolve).on('error', reject).end(body);
  try {
    return await answerOf(await promise);
  } finally {
    request.destroy();
  }
}

async function answerOf(message: IncomingMessage): Promise<Response> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new NotPermitted('The answer is too long.');
    pieces.push(piece);
  }
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) throw new NotPermitted('What answers there does not speak HTTP.');
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const hasNoBody = status === 204 || status === 205 || status === 304;
  return new Response(hasNoBody ? null : Buffer.concat(pieces), { status, headers });
}
