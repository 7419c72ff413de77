import type { AuditEntry } from '@homelabcmd/protocol';
import { entryHash } from '../../src/store/audit-hash.ts';
import type { TestHub } from '../hub-fixture.ts';
import { dropTriggers } from '../store-access.ts';

/** What the hub answers when it is asked for entries. */
export interface AuditPage {
  readonly entries: AuditEntry[];
  readonly next_cursor: number | null;
}

export const listAudit = async (hub: TestHub, query = ''): Promise<AuditPage> =>
  (await hub.call<AuditPage>('GET', `/audit${query}`)).body;

/** Adds entries to the chain as the hub would, all of one moment: doing as much would take minutes. */
export async function lengthenChain(
  hub: TestHub,
  count: number,
  contentOf: (id: number) => Partial<Record<'actor' | 'verb' | 'detail' | 'server_id', string>>,
): Promise<void> {
  type Head = { id: number; hash: string };
  const [head] = hub.rows<Head>('SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1');
  if (head === undefined) throw new Error('the chain has no beginning');
  let { id, hash: prev_hash } = { ...head, id: Number(head.id) };
  const rows: string[] = [];
  for (let n = 0; n < count; n += 1) {
    id += 1;
    const at = '2026-01-01T00:00:00.000Z';
    const content = { actor: 'kim', verb: 'key.created', server_id: 'nas', detail: '{}', ...contentOf(id) };
    const entry = { id, event_id: null, at, ...content, action_id: null, encoding: 1, prev_hash };
    const hash = entryHash(entry);
    const { actor, verb, server_id, detail } = content;
    const texts = [actor, verb, server_id, detail, prev_hash, hash].map(
      (text) => `'${text.replaceAll("'", "''")}'`,
    );
    rows.push(`(${id}, '${at}', 1, ${texts.join()})`);
    prev_hash = hash;
  }
  await hub.write(
    `INSERT INTO audit_entries (id, at, encoding, actor, verb, server_id, detail, prev_hash, hash) VALUES ${rows.join()}`,
  );
}

/** Lets somebody who has the store change an entry in it. */
export const letEntriesBeEdited = (hub: TestHub): Promise<void> =>
  dropTriggers(hub.dataDir, 'audit_entries', 'audit_entries_stay');
