import type { EventLog } from '../events/log.ts';
import { auditHead } from '../events/audit-trail.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { declareSetback, type Finding, type SetbackParts } from './declare.ts';
import { type Mark, readMark } from './mark.ts';

/**
 * Compares the store with the mark that lies beside it, before anything else begins: a store that was copied back by hand
 * is noticed though no agent has said a word. A folder that went back as a whole has an older mark too; that is for the
 * agents to tell.
 */
export async function compareWithMark(
  dataDir: string,
  log: EventLog,
  db: Store,
  parts: SetbackParts,
  logger: Logger,
): Promise<void> {
  const mark = readMark(dataDir);
  if (mark === null) return;
  const finding = await findingOf(db, mark);
  if (finding === null) return;
  await log.transaction(async (open) => {
    if (await declareSetback(open, parts, finding))
      logger.warn({ ...finding }, 'the store is older than what was known here: the fleet is frozen');
  });
}

async function findingOf(db: Store, mark: Mark): Promise<Finding | null> {
  const { entry, hash, restored_at: restoredAt } = mark;
  if (restoredAt !== undefined) {
    const known = await db
      .selectFrom('setbacks')
      .select('setback_id')
      .where('restored_at', '=', restoredAt)
      .executeTakeFirst();
    if (known) return null;
    const own = await auditHead(db);
    return { foundBy: 'homelabcmd restore', lostEntry: Math.max(entry, own.entry), restoredAt };
  }
  const { chain_id } = await db.selectFrom('audit_chain').select('chain_id').executeTakeFirstOrThrow();
  // Another chain is another hub's store, or a new one: there is nothing to compare.
  if (chain_id !== mark.chain_id || entry === 0) return null;
  const own = await db.selectFrom('audit_entries').select('hash').where('id', '=', entry).executeTakeFirst();
  return own?.hash === hash ? null : { foundBy: 'the data folder', lostEntry: entry };
}
