import {
  API_BASE,
  type BodyInputOf,
  IDEMPOTENCY_HEADER,
  type ParamsOf,
  Problem,
  type QueryInputOf,
  type ResponseOf,
  type RouteContract,
} from '@homelabcmd/protocol';
import { CommandFailure, EXIT } from './failure.ts';
import type { AskedHub } from './hub.ts';

/** Longer than the hub takes for anything that it is asked here. */
const ANSWER_WITHIN_MS = 30_000;

type Given<R extends RouteContract> = (ParamsOf<R> extends undefined ? unknown : { params: ParamsOf<R> }) & {
  query?: QueryInputOf<R>;
  body?: BodyInputOf<R>;
  /** The name of this wish, where it is to be granted once however often it is sent. */
  once?: string | null;
};

/** The same for any contract. */
type Loose = { params?: object; query?: object; body?: unknown; once?: string | null };

/** Asks by a contract, and reads what comes back by it. @throws CommandFailure */
export async function ask<R extends RouteContract>(
  hub: AskedHub,
  route: R,
  given: Given<R>,
): Promise<ResponseOf<R>> {
  const { params, query, body, once = null } = given as Loose;
  const response = await send(hub, pathOf(route, params, query), {
    method: route.method,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(once === null ? {} : { [IDEMPOTENCY_HEADER]: once }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json().catch(() => null);
  const read = route.response.safeParse(answer);
  if (response.status === route.status && read.success) return read.data as ResponseOf<R>;
  if (answer === null) throw notAHub(hub);
  throw new CommandFailure(
    EXIT.notDone,
    `The hub at ${hub.url} answers in a way that this command does not know: one of the two is of an older version.`,
  );
}

function pathOf(route: RouteContract, params: object = {}, query: object = {}): string {
  const values = new Map(Object.entries(params).map(([key, value]) => [key, String(value)]));
  const path = route.path.replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(values.get(key) ?? ''),
  );
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return `${API_BASE}${path}${search.size > 0 ? `?${search}` : ''}`;
}

/** Sends a request with the key. @throws CommandFailure for every answer that is no success */
export async function send(hub: AskedHub, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('x-api-key', bytesOf(hub.key));
  // The key goes to no other address than the one that was named.
  const response = await fetch(hub.url + path, { ...init, headers, redirect: 'manual' }).catch(
    (error: unknown) => {
      throw new CommandFailure(EXIT.unreachable, whyUnreachable(hub.url, error), { cause: error });
    },
  );
  if (response.ok) return response;
  const location = response.headers.get('location');
  if (location !== null)
    throw new CommandFailure(
      EXIT.unreachable,
      `${hub.url} leads on to ${location}. Name the hub's own address.`,
    );
  const problem = Problem.safeParse(await response.json().catch(() => null));
  if (!problem.success) throw notAHub(hub, response.status);
  throw new CommandFailure(
    problem.data.status >= 500 ? EXIT.unreachable : EXIT.refused,
    wordsOf(problem.data),
  );
}

/** A header is bytes, and a key is a text: a letter of it stands for each byte, as the hub reads it. */
const bytesOf = (key: string): string => Buffer.from(key, 'utf8').toString('latin1');

function wordsOf({ code, detail, existing_action_id: open }: Problem): string {
  const more = open === undefined ? '' : ` It is action ${open}.`;
  return `The hub said no (${code}): ${detail}${more}`;
}

/** Something answers there, and not as a hub does. */
export const notAHub = ({ url }: AskedHub, status?: number): CommandFailure =>
  new CommandFailure(
    EXIT.unreachable,
    `What answers at ${url} is no hub of HomelabCmd${status === undefined ? '.' : ` (HTTP ${status}).`}`,
  );

/** What went wrong below HTTP, and what to do about it. */
function whyUnreachable(url: string, error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `The hub at ${url} did not answer within ${ANSWER_WITHIN_MS / 1000} s.`;
  const code = cause?.code ?? '';
  const advice = ADVICE.get(code);
  if (advice !== undefined) return `The hub at ${url} is not believed: ${advice}`;
  return `The hub does not answer at ${url} (${code === '' ? (cause?.message ?? name) : code}).`;
}

const UNKNOWN_AUTHORITY =
  'its certificate is from an authority that this machine does not know. Name it with --authority: the file that the hub shows as /agent/v1/authority.pem, or its SHA-256.';

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['CERT_SIGNATURE_FAILURE', UNKNOWN_AUTHORITY],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for other names. Use one of its names.'],
  ['CERT_HAS_EXPIRED', 'its certificate has ended, or the clock of this machine is wrong.'],
  ['CERT_NOT_YET_VALID', 'its certificate begins only later, or the clock of this machine is wrong.'],
]);
