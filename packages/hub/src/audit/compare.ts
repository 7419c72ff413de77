import type { AuditHead, Witness } from '@homelabcmd/protocol';
import type { ChainVerdict } from './verify.ts';

/** What comparing a chain with what somebody else holds of it came to, for a person. */
export interface Comparison {
  readonly agrees: boolean;
  readonly lines: readonly string[];
}

/** How many differing heads of one server are told; the oldest say most. */
const TOLD = 5;

/** Compares what the agent of one server was shown with what the store says now. */
export function compareWitness(
  { server_id, status, heads, total }: Witness,
  chain: ChainVerdict,
): Comparison {
  if (status !== 'answered')
    return { agrees: true, lines: [`${server_id}  was not compared: ${SILENCE[status]}.`] };
  if (heads.length === 0)
    return {
      agrees: true,
      lines: [`${server_id}  holds nothing: it has had no order, or lost its journal.`],
    };
  const wrong = heads
    .toSorted((a, b) => a.entry - b.entry)
    .flatMap((head) => {
      const difference = differenceOf(head, chain);
      return difference === null ? [] : [`${server_id}  ${difference} It came with order ${head.order_id}.`];
    });
  if (wrong.length > 0) {
    const more = wrong.length > TOLD ? [`${server_id}  and ${wrong.length - TOLD} more.`] : [];
    return { agrees: false, lines: [...wrong.slice(0, TOLD), ...more] };
  }
  const newest = Math.max(...heads.map(({ entry }) => entry));
  const of = total > heads.length ? ` of ${total}, the newest` : '';
  return {
    agrees: true,
    lines: [`${server_id}  agrees: ${heads.length} heads${of}, up to entry ${newest}.`],
  };
}

const SILENCE = {
  offline: 'its agent is not connected',
  silent: 'its agent did not answer in time',
  keeps_none: 'its agent is of a version that keeps no heads; update it',
};

/** A sentence when the store does not hold what was shown, `null` when it does. */
export function differenceOf({ entry, hash }: AuditHead, chain: ChainVerdict): string | null {
  if (entry > chain.head.entry)
    return `was shown entry ${entry} with the hash ${hash}, but the store ends at entry ${chain.head.entry}: what came after is gone.`;
  const stored = chain.hashes.get(entry);
  if (stored === undefined)
    return `was shown entry ${entry} with the hash ${hash}, and the store has no such entry.`;
  return stored === hash
    ? null
    : `was shown entry ${entry} with the hash ${hash}, but the store has ${stored} there: the chain was rewritten.`;
}
