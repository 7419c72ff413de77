import { createHash } from 'node:crypto';

/**
 * How an entry of the audit becomes bytes, and those a hash. docs/audit.md says the same for people who check a chain
 * without us. What this says of encoding 1 is never changed: every entry that was ever written would be wrong.
 */
export const ENCODING = 1;

/** Whatever a store can hold: somebody may have changed it. */
export type Stored = string | number | bigint | Uint8Array | null;

/** An entry without its hash, as it stands in a store. */
export interface EntryContent {
  readonly encoding: Stored;
  readonly prev_hash: Stored;
  readonly id: Stored;
  readonly event_id: Stored;
  readonly at: Stored;
  readonly actor: Stored;
  readonly verb: Stored;
  readonly server_id: Stored;
  readonly action_id: Stored;
  readonly detail: Stored;
}

/** What stands in the place of a predecessor of the first entry: it binds the chain to its store. */
export const genesisHash = (chainId: string): string => hashOf(['homelabcmd-audit-genesis', '1', chainId]);

export const entryHash = (entry: EntryContent): string =>
  hashOf([
    'homelabcmd-audit',
    entry.encoding,
    entry.prev_hash,
    entry.id,
    entry.event_id,
    entry.at,
    entry.actor,
    entry.verb,
    entry.server_id,
    entry.action_id,
    entry.detail,
  ]);

/**
 * Each field as `<length in bytes>:<UTF-8 text>,` and an absent one as `-,`. Lengths leave nothing to escape, so no two
 * lists of fields are the same bytes. Numbers are written in decimal.
 */
function hashOf(fields: readonly Stored[]): string {
  let all = '';
  for (const field of fields) {
    if (field === null) all += '-,';
    else {
      const text = String(field);
      // Half a surrogate becomes U+FFFD alone as well as here, where an ASCII sign follows each text.
      all += `${Buffer.byteLength(text, 'utf8')}:${text},`;
    }
  }
  return createHash('sha256').update(all, 'utf8').digest('hex');
}
