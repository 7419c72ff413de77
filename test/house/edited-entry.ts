import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Writes another detail into an entry of the audit, as somebody does who has the store's file: what keeps entries as they
 * are is put aside for it. @returns what stood there before
 */
export function editEntry(dataDir: string, entry: number, detail: string): string {
  using store = new DatabaseSync(join(dataDir, 'homelabcmd.db'), { timeout: 10_000 });
  const [guard] = store.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'audit_entries_stay'`).all();
  const [before] = store.prepare('SELECT detail FROM audit_entries WHERE id = ?').all(entry);
  if (guard === undefined || before === undefined) throw new Error(`there is no entry ${entry} to edit`);
  store.exec('BEGIN IMMEDIATE; DROP TRIGGER audit_entries_stay');
  store.prepare('UPDATE audit_entries SET detail = ? WHERE id = ?').run(detail, entry);
  store.exec(`${String(guard['sql'])}; COMMIT`);
  return String(before['detail']);
}
