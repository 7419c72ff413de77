import type { Store } from '../store/schema.ts';

/** How far a durable follower has come: what it has written is the work of all events up to here. */
export async function readCursor(db: Store, follower: string): Promise<number> {
  const row = await db
    .selectFrom('follower_cursors')
    .select('event_id')
    .where('follower', '=', follower)
    .executeTakeFirst();
  return row?.event_id ?? 0;
}

/** Call it in the transaction that holds the follower's work. */
export async function writeCursor(db: Store, follower: string, eventId: number): Promise<void> {
  await db
    .insertInto('follower_cursors')
    .values({ follower, event_id: eventId })
    .onConflict((conflict) => conflict.column('follower').doUpdateSet({ event_id: eventId }))
    .execute();
}
