import type { Order, RefusalCode } from '@homelabcmd/protocol';
import { messageOf } from '../log.ts';
import { type Evidence, type EvidenceParts, findEvidence } from './evidence.ts';
import { type ExecutorAnswer, type ExecutorLine, ExecutorUnreachable } from './executor/executor.ts';
import { Refused } from './refused.ts';

export type Ran = Extract<Evidence, { kind: 'ran' | 'lost' }>;

const REFUSALS: Partial<Record<string, RefusalCode>> = {
  invalid_unit_name: 'invalid_unit_name',
  not_allowed: 'not_allowed',
  lockout_guard: 'lockout_guard',
  bad_order: 'unsupported_order',
  claim_failed: 'journal_error',
  rate_limited: 'rate_limited',
};

/**
 * Has the executor carry out an order and returns how that ended. When the connection breaks after something was sent,
 * the evidence on disk decides; the order is never given a second time.
 * @throws Refused when it did not run and never will
 */
export async function execute(
  order: Order,
  unit: string,
  parts: EvidenceParts & { line: ExecutorLine; onStarted: () => void },
): Promise<Ran> {
  try {
    for await (const answer of parts.line.ask(order.verb, order.order_id, unit)) {
      if (answer.kind === 'started') parts.onStarted();
      else if (answer.kind === 'done')
        return { ...answer, kind: 'ran', output: parts.executor.claim(order.order_id)?.output ?? '' };
      else if (answer.kind === 'refused') throw refusalOf(answer);
      else break;
    }
  } catch (cause) {
    if (cause instanceof Refused) throw cause;
    if (cause instanceof ExecutorUnreachable)
      throw new Refused(
        'executor_unavailable',
        `Restarts cannot be carried out on this server: ${cause.message}.`,
      );
    parts.log('warn', 'the connection to the restart script broke', { problem: messageOf(cause) });
  }
  return ranOrRefused(await findEvidence(order.order_id, parts));
}

/** @throws Refused for the proof that it never ran */
export function ranOrRefused(evidence: Evidence): Ran {
  if (evidence.kind === 'never')
    throw new Refused('never_started', 'The order did not begin on this server, and it no longer can.');
  return evidence;
}

function refusalOf({ code }: Extract<ExecutorAnswer, { kind: 'refused' }>): Refused {
  const known = REFUSALS[code] ?? 'executor_unavailable';
  const details: Partial<Record<RefusalCode, string>> = {
    not_allowed: "The server's own list of services that may be restarted does not hold it.",
    lockout_guard: 'Restarting it can cut people off from this server, and its second list does not hold it.',
    rate_limited:
      'It was restarted as often within an hour as the limits of this server allow; it did not run.',
    journal_error: 'The server could not write the order down, so it did not run.',
  };
  return new Refused(
    known,
    details[known] ?? `The restart script on this server refused the order (${code}).`,
  );
}
