import type { EventData, EventType } from '@homelabcmd/protocol';
import { isCursorDue, openCursor, writeCursor } from '../events/cursor.ts';
import type { StoredEvent } from '../events/log.ts';
import type { Store } from '../store/schema.ts';

const FOLLOWER = 'audit';

/**
 * Keeps for ever who did what: a durable follower of the log whose entries outlive the events, the actions and the
 * servers that they speak of. Entry and cursor are one transaction, so that no fact is missed and none is kept twice.
 */
export const auditCursor = (db: Store): Promise<number> => openCursor(db, FOLLOWER);

export async function recordAudit(db: Store, event: StoredEvent): Promise<void> {
  const isAction = event.type.startsWith('action.') && event.type !== 'action.progress';
  if (!isAction && !OTHER_FACTS.has(event.type)) {
    if (isCursorDue(event.id)) await writeCursor(db, FOLLOWER, event.id);
    return;
  }
  const action = isAction ? (JSON.parse(event.dataJson) as EventData<'action.requested'>).action : null;
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('audit_entries')
      .values({
        event_id: event.id,
        at: event.at,
        actor: event.actor,
        verb: event.type,
        server_id: event.serverId,
        action_id: action?.action_id ?? null,
        detail: action ? JSON.stringify(auditDetail(action)) : otherDetail(event),
      })
      .onConflict((conflict) => conflict.column('event_id').doNothing())
      .execute();
    await writeCursor(tx, FOLLOWER, event.id);
  });
}

const KEY_FACTS: ReadonlySet<EventType> = new Set(['key.created', 'key.revoked']);
/** What somebody changed of the guards is told whole: the row may be gone when it is read. */
const GUARD_FACTS: ReadonlySet<EventType> = new Set([
  'freeze.changed',
  'policy.changed',
  'policy.removed',
  'policy.noted',
  'automation.changed',
]);
const OTHER_FACTS: ReadonlySet<EventType> = new Set([
  'server.created',
  'server.deleted',
  ...KEY_FACTS,
  ...GUARD_FACTS,
]);

/** Of a key the fact holds the name alone, which the entry needs: the key itself is gone when it was revoked. */
const otherDetail = (event: StoredEvent): string =>
  KEY_FACTS.has(event.type) || GUARD_FACTS.has(event.type) ? event.dataJson : '{}';

function auditDetail(action: EventData<'action.requested'>['action']) {
  const { service_name, target, status, digest, reason, self_approved } = action;
  return {
    service_name,
    target,
    status,
    digest,
    reason,
    self_approved,
    outcome: action.result?.code ?? null,
  };
}
