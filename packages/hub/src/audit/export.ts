import type { AuditEntry, QueryOf, api } from '@homelabcmd/protocol';
import { type Column, exportFile, type FileAnswer } from '../lib/file-answer.ts';
import type { Store } from '../store/schema.ts';
import { everyEntry } from './queries.ts';

/** Every entry under the filters as a file, made while it is sent. */
export function exportAudit(db: Store, nowMs: number, query: QueryOf<typeof api.exportAudit>): FileAnswer {
  const { format, ...filter } = query;
  return exportFile(nowMs, { name: 'homelabcmd-audit', format, columns: COLUMNS }, everyEntry(db, filter));
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  ['entry', (e) => e.entry],
  ['at', (e) => e.at],
  ['actor', (e) => e.actor],
  ['verb', (e) => e.verb],
  ['server_id', (e) => e.server_id],
  ['action_id', (e) => e.action_id],
  ['from_address', (e) => e.from_address],
  ['detail', (e) => e.detail_text ?? JSON.stringify(e.detail)],
  ['intact', (e) => (e.intact ? 'yes' : 'no')],
  ['prev_hash', (e) => e.prev_hash],
  ['hash', (e) => e.hash],
];
