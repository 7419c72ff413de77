import type { LogTransaction } from '../events/log.ts';
import type { SetbackParts } from './declare.ts';
import type { AgentJournal, HeldJournal } from './journals.ts';

const DAY_MS = 86_400_000;
/** An agent drops what is 400 days old; clocks differ. */
const KEPT_FOR_SURE_DAYS = 390;

/** Whether the agent lacks the newest order that it has shown to be on its disk. */
export function lacksNewest(journal: AgentJournal, { heads, total }: HeldJournal, nowMs: number): boolean {
  const { newest_order_id, newest_at, isNew } = journal;
  if (isNew || newest_order_id === null || newest_at === null || total > heads.length) return false;
  const isOld = nowMs - Date.parse(newest_at) > KEPT_FOR_SURE_DAYS * DAY_MS;
  return !isOld && !heads.some(({ order_id }) => order_id === newest_order_id);
}

const REPLACED =
  'The agent that it was sent to was replaced by one that enrolled anew, and nobody else can say';
const SET_BACK = 'The agent that it was sent to has lost its record of it';

/**
 * Whether the agent that has connected is still the one that it was. One that enrolled anew, or whose disk was set back, is
 * another: what went to the one before is never sent to it, and it is asked only about what it holds. A disk that was set
 * back is nobody's intention, so a person looks first.
 * @returns the journal as that of the agent that is here now
 */
export async function compareLife(
  open: LogTransaction,
  parts: SetbackParts,
  serverId: string,
  journal: AgentJournal,
  held: HeldJournal,
): Promise<AgentJournal> {
  const isSetBack = lacksNewest(journal, held, Date.parse(open.now));
  if (!isSetBack && !(journal.isNew && journal.life > 1)) return journal;
  const life = isSetBack ? journal.life + 1 : journal.life;
  const ids = new Set(held.heads.map(({ order_id }) => order_id));
  await parts.endOrdersOut(open, serverId, { life, held: ids, why: isSetBack ? SET_BACK : REPLACED });
  if (isSetBack) await parts.quarantine(open, serverId, reasonOf(serverId, journal));
  return { ...journal, life };
}

const reasonOf = (serverId: string, { newest_order_id, newest_entry }: AgentJournal): string =>
  `The agent on ${serverId} no longer has the order ${newest_order_id} (entry ${newest_entry} of the audit), which it had written to its disk. The disk was likely set back to a snapshot, or its record was lost.`;

/** Two processes hold the same key at the same time. */
export const reasonOfTwo = (serverId: string, [one, other]: readonly [string, string]): string =>
  `Two agents are connected as ${serverId} at the same time, from ${one} and ${other}: the server was likely cloned. Stop one of them, and enrol it as a server of its own.`;
