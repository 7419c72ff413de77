import { visible } from '@homelabcmd/protocol';
import type { Asked } from '../../lib/outgoing/ask.ts';
import { NotPermitted } from '../../lib/outgoing/permit.ts';
import type { Means, Outcome } from '../channels/kind.ts';

/** A receiver may ask for a pause, and not for silence. */
const LONGEST_PAUSE_MS = 3_600_000;
const SAID = 500;

/** Answers after which the same, sent later, may be taken. */
const FOR_NOW = new Set([408, 425, 429]);

interface Posted {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Where a receiver says in its answer, and not in a header, how long to wait: in seconds. */
  readonly pauseIn?: (answer: Record<string, unknown>) => unknown;
}

/** Posts JSON, or what the headers say. The id goes with it, so that a receiver can tell a repeat. */
export async function post(
  { ask, signal, nowMs }: Means,
  url: string,
  id: string,
  { headers, body, pauseIn }: Posted,
): Promise<Outcome> {
  const asked: Asked = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': id, ...headers },
    ...{ body, signal },
  };
  try {
    const answer = await ask(url, asked);
    return outcomeOf(answer, await answer.text(), nowMs, pauseIn);
  } catch (cause) {
    return failed(sentenceOf(cause));
  }
}

export const failed = (because: string, isForGood = false, said: string | null = null): Outcome => ({
  ...{ delivered: false, isForGood, because, said, retryAfterMs: null },
});

function outcomeOf(
  answer: Response,
  text: string,
  nowMs: number,
  pauseIn: Posted['pauseIn'] = () => null,
): Outcome {
  const said = text === '' ? null : visible(text.slice(0, SAID));
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { delivered: true, said };
  const isForGood = status < 500 && !FOR_NOW.has(status);
  const because =
    status >= 300 && status < 400
      ? `The receiver answers ${status} and sends the hub elsewhere, where it does not follow.`
      : `The receiver answered ${status}.`;
  const inAnswer = status === 429 ? secondsIn(pauseIn(objectIn(text))) : null;
  const retryAfterMs = isForGood ? null : (pauseOf(headers.get('retry-after'), nowMs) ?? inAnswer);
  return { ...{ delivered: false, isForGood, because, said }, retryAfterMs };
}

/** `Retry-After` is a number of seconds, or a date. */
function pauseOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d+(\.\d+)?$/.test(header)) return secondsIn(Number(header));
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.min(Math.max(0, atMs - nowMs), LONGEST_PAUSE_MS);
}

const secondsIn = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? Math.min(Math.ceil(value * 1000), LONGEST_PAUSE_MS)
    : null;

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** In words of ours: an error of the system may hold the address, and an address may be a secret. */
export function sentenceOf(cause: unknown): string {
  if (cause instanceof NotPermitted) return cause.message;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return (
    SENTENCES[code] ??
    `There was no answer that can be read${/^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ''}.`
  );
}

const SENTENCES: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there.',
  ECONNRESET: 'The receiver cut the connection.',
  EPIPE: 'The receiver cut the connection.',
  ETIMEDOUT: 'There was no answer in time.',
  ENOTFOUND: 'The name of the receiver has no address.',
  EAI_AGAIN: 'The name of the receiver cannot be looked up at the moment.',
  EHOSTUNREACH: 'The receiver cannot be reached from here.',
  ENETUNREACH: 'The receiver cannot be reached from here.',
  CERT_HAS_EXPIRED: 'The certificate of the receiver has ended.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of the receiver is from no authority that the hub knows.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate of the receiver is from no authority that the hub knows.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The certificate of the receiver is from no authority that the hub knows.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the receiver is for another name.',
};
