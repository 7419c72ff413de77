import { DatabaseSync } from 'node:sqlite';
import { genesisHash } from '../store/audit-hash.ts';
import { type Mark, readMark, writeMark } from './mark.ts';

/**
 * A copy is about to take the place of a store: leaves word for the next start of the hub, unless all that this data folder
 * has known of the audit is in the copy. Where nothing is known, as on another machine, something may be missing.
 * @returns whether the hub will be frozen
 */
export function noteRestore(dataDir: string, place: string, copy: string, now: string): boolean {
  const known = [readMark(dataDir), headOf(place)].filter((head) => head !== null);
  const isAnyOwed = known.some(({ restored_at }) => restored_at !== undefined);
  const lost = known.filter((head) => !holds(copy, head));
  if (known.length > 0 && lost.length === 0 && !isAnyOwed) return false;
  const own = headOf(copy);
  const newest = [...lost, ...(own === null ? [] : [own])].toSorted((a, b) => b.entry - a.entry)[0];
  const { chain_id, entry, hash } = newest ?? { chain_id: '', entry: 0, hash: '0'.repeat(64) };
  writeMark(dataDir, { chain_id, entry, hash, restored_at: now });
  return true;
}

/** The head of the chain in a store's file; `null` where there is none that can be read. */
function headOf(file: string): Mark | null {
  return ask(file, (database, chainId) => {
    const last = database.prepare('SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1').get();
    return last === undefined
      ? { chain_id: chainId, entry: 0, hash: genesisHash(chainId) }
      : { chain_id: chainId, entry: Number(last['id']), hash: String(last['hash']) };
  });
}

const holds = (file: string, { chain_id, entry, hash }: Mark): boolean =>
  ask(file, (database, chainId) => {
    if (chainId !== chain_id) return false;
    if (entry === 0) return true;
    const own = database.prepare('SELECT hash FROM audit_entries WHERE id = ?').get(entry);
    return own?.['hash'] === hash;
  }) ?? false;

function ask<T>(file: string, answer: (database: DatabaseSync, chainId: string) => T): T | null {
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    const chain = database.prepare('SELECT chain_id FROM audit_chain').get();
    return chain === undefined ? null : answer(database, String(chain['chain_id']));
  } catch {
    // It is damaged, or of a version without the chain.
    return null;
  }
}
