import type { Freeze } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import type { Store } from '../store/schema.ts';

export interface FreezeChange {
  readonly on: boolean;
  readonly reason?: string | null | undefined;
}

/** Whether the fleet is frozen, as the row says: the dispatch statement asks the same row. */
export async function readFreeze(db: Store): Promise<Freeze> {
  const { is_on, reason, changed_by, changed_at } = await db
    .selectFrom('fleet_freeze')
    .selectAll()
    .executeTakeFirstOrThrow();
  return { on: is_on === 1, reason, changed_by, changed_at };
}

/** Sets or lifts the freeze. Setting what is set already takes the new reason; lifting twice changes nothing. */
export function setFreeze(log: EventLog, actor: string, change: FreezeChange): Promise<Freeze> {
  return log.transaction(async (open) => {
    const before = await readFreeze(open.tx);
    if (!before.on && !change.on) return before;
    return freezeWithin(open, actor, change);
  });
}

/** Sets or lifts the freeze beside other changes, in their transaction. */
export const freezeWithin = (open: LogTransaction, actor: string, change: FreezeChange): Promise<Freeze> =>
  tell(open, actor, () => writeFreeze(open.tx, actor, open.now, change, true));

/**
 * For the command line, beside a hub that may be running: it writes the row and leaves it to the hub to tell of it,
 * which alone gives events their numbers.
 */
export async function setFreezeUntold(
  db: Store,
  actor: string,
  now: string,
  change: FreezeChange,
): Promise<Freeze> {
  return db.transaction().execute(async (tx) => {
    const before = await readFreeze(tx);
    if (!before.on && !change.on) return before;
    await writeFreeze(tx, actor, now, change, false);
    return readFreeze(tx);
  });
}

/** Tells of a change that the command line has made. @returns whether there was one */
export async function tellUntold(db: Store, log: EventLog): Promise<boolean> {
  const untold = await selectUntold(db);
  if (!untold) return false;
  await log.transaction(async (open) => {
    const row = await selectUntold(open.tx);
    if (!row) return;
    await tell(open, row.changed_by ?? 'hub', async () => {
      await open.tx.updateTable('fleet_freeze').set({ is_told: 1 }).execute();
    });
  });
  return true;
}

const selectUntold = (db: Store) =>
  db.selectFrom('fleet_freeze').select('changed_by').where('is_told', '=', 0).executeTakeFirst();

async function writeFreeze(
  db: Store,
  actor: string,
  now: string,
  { on, reason }: FreezeChange,
  isTold: boolean,
): Promise<void> {
  await db
    .updateTable('fleet_freeze')
    .set({
      is_on: on ? 1 : 0,
      reason: on ? (reason ?? '').trim() || null : null,
      changed_by: actor,
      changed_at: now,
      is_told: isTold ? 1 : 0,
    })
    .execute();
}

async function tell(open: LogTransaction, actor: string, write: () => Promise<void>): Promise<Freeze> {
  await open.append({ type: 'freeze.changed', serverId: null, actor }, async () => {
    await write();
    return { freeze: await readFreeze(open.tx) };
  });
  return readFreeze(open.tx);
}
