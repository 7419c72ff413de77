import { Backoff } from '../backoff.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../log.ts';
import type { RestartExecutor } from './executor/executor.ts';

/** What is certain about an order that may have been given to the executor. */
export type Evidence =
  | { kind: 'ran'; exitCode: number; output: string }
  /** It never ran and never will: nobody claimed it, and now nobody can. */
  | { kind: 'never' }
  /** It was claimed, and how it ended was lost. */
  | { kind: 'lost'; detail: string };

export interface EvidenceParts {
  executor: RestartExecutor;
  bootId: string;
  log: Log;
  /** Aborted when the agent stops: the evidence is then sought after its next start. */
  signal: AbortSignal;
}

/** A restart may take as long as its unit file allows; after this the outcome is called unknown. */
const MAX_WAIT_MS = 60 * 60_000;
/** A claim is whole within moments; one that is not was cut short. */
const UNFINISHED_CLAIM_MS = 60_000;

/**
 * Finds out what became of an order, without ever running it:
 *
 *   claim ─┬─ with exit code ──────────────► ran
 *          ├─ by a fence ──────────────────► never
 *          ├─ open, of another boot ───────► lost
 *          ├─ open, of this boot ─► wait ──► ran | lost
 *          └─ none ─► fence ─┬─ fenced ────► never
 *                            └─ claimed meanwhile ─► from the top
 *
 * @throws only when `signal` is aborted
 */
export async function findEvidence(orderId: string, parts: EvidenceParts): Promise<Evidence> {
  const backoff = new Backoff(1000, 30_000);
  for (;;) {
    parts.signal.throwIfAborted();
    try {
      const found = await lookOnce(orderId, parts);
      if (found !== null) return found;
    } catch (cause) {
      parts.signal.throwIfAborted();
      parts.log('warn', 'the evidence of an order is out of reach', { orderId, problem: messageOf(cause) });
    }
    await rest(backoff.next(), parts.signal);
  }
}

async function lookOnce(orderId: string, parts: EvidenceParts): Promise<Evidence | null> {
  const { executor } = parts;
  const claim = executor.claim(orderId);
  if (claim !== null) return fromClaim(orderId, parts);
  if (!executor.everClaimed() && executor.problem() !== null) return { kind: 'never' };
  using line = executor.open();
  for await (const answer of line.ask('fence', orderId, '-')) {
    if (answer.kind === 'fenced') return { kind: 'never' };
    if (answer.kind === 'claimed' || answer.kind === 'done') return fromClaim(orderId, parts);
    throw new Error(`a fence was answered with ${answer.kind === 'refused' ? answer.code : answer.kind}`);
  }
  return null;
}

async function fromClaim(orderId: string, parts: EvidenceParts): Promise<Evidence | null> {
  let claim = parts.executor.claim(orderId);
  if (claim !== null && claim.exitCode === null && claim.verb !== 'fence') {
    if (claim.boot !== '' && claim.boot !== parts.bootId)
      return {
        kind: 'lost',
        detail: 'The server was restarted while the order was at work, so its outcome is not known.',
      };
    const limit = AbortSignal.timeout(claim.boot === '' ? UNFINISHED_CLAIM_MS : MAX_WAIT_MS);
    claim = await parts.executor.waitForExit(orderId, AbortSignal.any([parts.signal, limit]));
    parts.signal.throwIfAborted();
  }
  if (claim === null) return null;
  if (claim.exitCode !== null) return { kind: 'ran', exitCode: claim.exitCode, output: claim.output };
  if (claim.verb === 'fence') return { kind: 'never' };
  return {
    kind: 'lost',
    detail: 'The restart began and did not come to an end that was recorded, so its outcome is not known.',
  };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const aborted = () => resolve();
  signal.addEventListener('abort', aborted, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', aborted);
}
