import type { HeldHead } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';
import type { AgentJournal, HeldJournal } from './journals.ts';
import { boundOf, declareSetback, latestSetback, type SetbackParts } from './declare.ts';
import { headsNotOurs, keepUnaccounted, newsOf } from './heads.ts';

/**
 * Compares what an agent's journal holds of the audit with this store. What is not of this chain is
 *  - nothing new, when this agent was known to hold it, or has not been heard since a setback that covers it;
 *  - what another hub has shown it, when it has just enrolled (since the last setback, if there was one: it is asked
 *    about its orders otherwise);
 *  - else the sign of a setback.
 * @returns whether a setback was declared
 */
export async function compareHeads(
  open: LogTransaction,
  parts: SetbackParts,
  serverId: string,
  journal: AgentJournal,
  { heads }: HeldJournal,
): Promise<boolean> {
  const news = await newsOf(open.tx, serverId, await headsNotOurs(open.tx, heads));
  const latest = await latestSetback(open.tx);
  const isBefore = latest !== undefined && journal.setback_id < latest.setback_id;
  const bound = isBefore ? boundOf(latest) : -1;
  const signs = journal.isNew ? [] : news.filter(({ entry }) => entry > bound);
  const newest = newestOf(signs);
  const isDeclared =
    newest !== undefined &&
    (await declareSetback(open, parts, {
      foundBy: `the agent on ${serverId}`,
      lostEntry: newest.entry,
    }));
  // Of one that had enrolled before the store went back, what it said that it holds may be lost with the rest.
  const isOlder = latest !== undefined && journal.enrolled_at < latest.found_at;
  await keepUnaccounted(open, serverId, news, !journal.isNew || isOlder);
  return isDeclared;
}

const newestOf = (heads: readonly HeldHead[]): HeldHead | undefined =>
  heads.reduce<HeldHead | undefined>(
    (newest, head) => (newest === undefined || head.entry > newest.entry ? head : newest),
    undefined,
  );
