import type { LogTransaction } from '../events/log.ts';
import { auditHead } from '../events/audit-trail.ts';
import type { Store } from '../store/schema.ts';

/** What other features do about it, in the same transaction. */
export interface SetbackParts {
  freeze(open: LogTransaction, actor: string, reason: string): Promise<void>;
  /** Ends what waits, and calls unknown what may have run. */
  endOpenActions(open: LogTransaction): Promise<void>;
  /** Calls unknown what is out on a server and did not go to the agent that is there now. */
  endOrdersOut(open: LogTransaction, serverId: string, out: OrdersOut): Promise<void>;
  /** Sends nothing to a server until a person has looked. */
  quarantine(open: LogTransaction, serverId: string, reason: string): Promise<void>;
}

export interface OrdersOut {
  /** Which of the server's agents is there now (`agent_journals.life`). */
  readonly life: number;
  /** Orders that this agent holds on its disk: of these it can tell. */
  readonly held: ReadonlySet<string>;
  readonly why: string;
}

/** Somebody has been shown more of the audit than this store holds, or something else than it. */
export interface Finding {
  /** A sentence's subject: `the agent on nas`, `the data folder`, `homelabcmd restore`. */
  readonly foundBy: string;
  /** The newest entry of which that is true. */
  readonly lostEntry: number;
  readonly restoredAt?: string;
}

export type Setback = Awaited<ReturnType<typeof latestSetback>>;

export const latestSetback = (db: Store) =>
  db.selectFrom('setbacks').selectAll().orderBy('setback_id', 'desc').limit(1).executeTakeFirst();

/** More events than a store can have lost since a copy that anybody would restore. */
const EVENT_GAP = 1_000_000;

/** Up to here nothing that was lost is news. */
export const boundOf = (setback: NonNullable<Setback>): number =>
  setback.accepted_entry ?? setback.lost_entry;

/**
 * This store was set back to an older one: freezes the fleet, ends what is open, and writes it down; all or nothing. While
 * a person has yet to accept the newest setback, more that comes to light belongs to that one.
 * @returns whether it is a new one
 */
export async function declareSetback(
  open: LogTransaction,
  parts: SetbackParts,
  finding: Finding,
): Promise<boolean> {
  const latest = await latestSetback(open.tx);
  if (latest !== undefined && latest.accepted_at === null) {
    if (await isFrozen(open.tx)) {
      await raise(open, latest, finding);
      return false;
    }
    // Lifted on the command line a moment ago: that was the acceptance.
    await acceptSetbacks(open);
  }
  const { entry: ownEntry } = await auditHead(open.tx);
  await open.tx
    .insertInto('setbacks')
    .values({
      setback_id: (latest?.setback_id ?? 0) + 1,
      found_at: open.now,
      found_by: finding.foundBy,
      own_entry: ownEntry,
      lost_entry: finding.lostEntry,
      restored_at: finding.restoredAt ?? null,
      accepted_at: null,
      accepted_entry: null,
    })
    .execute();
  await skipEvents(open.tx);
  await note(open, finding, ownEntry);
  await parts.endOpenActions(open);
  await parts.freeze(open, 'hub', reasonOf(finding, ownEntry));
  return true;
}

/** The freeze was lifted: a person knows of it, and what has come to light by now is no news any more. */
export async function acceptSetbacks(open: LogTransaction): Promise<void> {
  const rows = await open.tx.selectFrom('setbacks').selectAll().where('accepted_at', 'is', null).execute();
  const { entry } = await auditHead(open.tx);
  for (const { setback_id, lost_entry } of rows)
    await open.tx
      .updateTable('setbacks')
      .set({ accepted_at: open.now, accepted_entry: Math.max(lost_entry, entry) })
      .where('setback_id', '=', setback_id)
      .execute();
}

/**
 * Pages and programs hold numbers of events that this store never gave, and would take those to come for a continuation.
 * With this gap each of them is further behind than is replayed, and reads the lists anew.
 */
async function skipEvents(db: Store): Promise<void> {
  await db
    .updateTable('hub_counters')
    .set((eb) => ({ last: eb('last', '+', EVENT_GAP) }))
    .where('name', '=', 'event')
    .execute();
}

async function raise(open: LogTransaction, latest: NonNullable<Setback>, finding: Finding): Promise<void> {
  if (finding.lostEntry <= latest.lost_entry) return;
  await open.tx
    .updateTable('setbacks')
    .set({ lost_entry: finding.lostEntry })
    .where('setback_id', '=', latest.setback_id)
    .execute();
  await note(open, finding, latest.own_entry);
}

const note = (open: LogTransaction, { foundBy, lostEntry }: Finding, ownEntry: number): Promise<void> =>
  open.audit({
    ...{ verb: 'store.set_back', actor: 'hub', serverId: null },
    detail: { found_by: foundBy, lost_entry: lostEntry, own_entry: ownEntry },
  });

async function isFrozen(db: Store): Promise<boolean> {
  const { is_on } = await db.selectFrom('fleet_freeze').select('is_on').executeTakeFirstOrThrow();
  return is_on === 1;
}

const WHAT_TO_DO =
  'Look at the actions that are unknown and at the audit, then lift the freeze. What was waiting has expired: ask again.';

function reasonOf({ foundBy, lostEntry, restoredAt }: Finding, ownEntry: number): string {
  if (restoredAt !== undefined)
    return `This hub’s store was restored from a backup: it ends at entry ${ownEntry} of the audit, and what came later is not in it. ${WHAT_TO_DO}`;
  const what =
    lostEntry > ownEntry
      ? `This hub’s store is older than what ${foundBy} has seen: entry ${lostEntry} of the audit, and ours ends at ${ownEntry}. It was likely restored from a backup.`
      : `This hub’s store tells another story than ${foundBy} has seen: entry ${lostEntry} of the audit is not the same. It was likely restored from a backup, or changed.`;
  return `${what} ${WHAT_TO_DO}`;
}
