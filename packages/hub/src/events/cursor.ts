import type { Store } from '../store/schema.ts';
import { statement } from '../store/statement.ts';

/** An event that needs no work moves the cursor only now and then, so that not each costs a write. */
const CURSOR_EVERY = 200;

/**
 * How far a durable follower has come: what it has written is the work of all events up to here. From now on retention
 * knows of this follower, also while it has taken in nothing.
 */
export async function openCursor(db: Store, follower: string): Promise<number> {
  const row = await db
    .selectFrom('follower_cursors')
    .select('event_id')
    .where('follower', '=', follower)
    .executeTakeFirst();
  if (row === undefined) await db.insertInto('follower_cursors').values({ follower, event_id: 0 }).execute();
  return row?.event_id ?? 0;
}

const moveCursor = statement<{ follower: string; eventId: number }>((db, { follower, eventId }) =>
  db
    .insertInto('follower_cursors')
    .values({ follower, event_id: eventId })
    .onConflict((conflict) => conflict.column('follower').doUpdateSet({ event_id: eventId })),
);

/** Call it in the transaction that holds the follower's work. */
export async function writeCursor(db: Store, follower: string, eventId: number): Promise<void> {
  await moveCursor(db, { follower, eventId });
}

/** Whether a follower that had nothing to do for this event says how far it is all the same. */
export const isCursorDue = (eventId: number): boolean => eventId % CURSOR_EVERY === 0;
