import type { AuditEntry } from '@homelabcmd/protocol';
import type { Stored } from '../store/audit-hash.ts';
import { OF_NO_SERVER } from '../store/schema.ts';
import { isWhole, type StoredEntry } from './verify.ts';

/**
 * An entry as people see it. Somebody may have edited the store: whatever stands there is shown, with the word that it does
 * not hold, and nothing in it is a fault of the hub.
 */
export function viewOf(row: StoredEntry): AuditEntry {
  const detail = objectIn(row.detail);
  const serverId = textOf(row.server_id);
  const from = detail?.['from_address'];
  return {
    entry: Number(row.id),
    at: textOf(row.at),
    actor: textOf(row.actor),
    verb: textOf(row.verb),
    server_id: serverId === OF_NO_SERVER ? null : serverId,
    action_id:
      row.action_id !== null && Number.isSafeInteger(Number(row.action_id)) ? Number(row.action_id) : null,
    from_address: typeof from === 'string' ? from : null,
    detail: detail ?? {},
    detail_text: detail === null ? textOf(row.detail) : null,
    intact: isWhole(row),
    prev_hash: textOf(row.prev_hash),
    hash: textOf(row.hash),
  };
}

function objectIn(stored: Stored): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(textOf(stored));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

const textOf = (stored: Stored): string =>
  stored instanceof Uint8Array ? Buffer.from(stored).toString('utf8') : String(stored ?? '');
