import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { ENCODING, type EntryContent, entryHash, genesisHash } from '../../audit-hash.ts';
import { engineOf } from '../../engine.ts';

/**
 * The audit becomes a chain: each entry holds the hash of the one before it and its own. What is there is chained in
 * its order, and numbered without gaps. The audit was a follower of the event log until here, so facts that it had yet
 * to take in are taken in now, and its cursor goes: nothing waits for it any more.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(db);
  const chainId = randomBytes(16).toString('hex');
  const createdAt = new Date().toISOString();
  await sql`INSERT INTO audit_chain (one, chain_id, created_at) VALUES (1, ${chainId}, ${createdAt})`.execute(
    db,
  );
  await chainAll(db, genesisHash(chainId));
  await sql`DELETE FROM follower_cursors WHERE follower = 'audit'`.execute(db);
  await sql`DROP TABLE audit_entries`.execute(db);
  await sql`ALTER TABLE audit_entries_next RENAME TO audit_entries`.execute(db);
  for (const statement of [...INDEXES, ...TRIGGERS[engineOf(db)]]) await sql.raw(statement).execute(db);
}

interface OldEntry {
  readonly event_id: number;
  readonly at: string;
  readonly actor: string;
  readonly verb: string;
  readonly server_id: string;
  readonly action_id: number | null;
  readonly detail: string;
}

interface Fact extends Omit<OldEntry, 'action_id' | 'detail'> {
  readonly data_json: string;
}

const BATCH = 500;

async function chainAll(db: Kysely<unknown>, genesis: string): Promise<void> {
  let prevHash = genesis;
  let id = 0;
  const append = async (old: OldEntry) => {
    id += 1;
    const entry: EntryContent = { encoding: ENCODING, prev_hash: prevHash, id, ...old };
    prevHash = entryHash(entry);
    await sql`INSERT INTO audit_entries_next
      (id, event_id, at, actor, verb, server_id, action_id, detail, encoding, prev_hash, hash)
      VALUES (${id}, ${old.event_id}, ${old.at}, ${old.actor}, ${old.verb}, ${old.server_id}, ${old.action_id},
      ${old.detail}, ${ENCODING}, ${entry.prev_hash}, ${prevHash})`.execute(db);
  };
  for (let after = -1; ; ) {
    const { rows } = await sql<
      OldEntry & { id: number }
    >`SELECT id, event_id, at, actor, verb, server_id, action_id,
      detail FROM audit_entries WHERE id > ${after} ORDER BY id LIMIT ${BATCH}`.execute(db);
    for (const { id: oldId, ...old } of rows) {
      await append(old);
      after = oldId;
    }
    if (rows.length < BATCH) break;
  }
  for (const fact of await factsNotTakenIn(db)) {
    const old = entryOf(fact);
    if (old !== null) await append(old);
  }
}

/** What was committed after the audit of the hub before had last written: at most what a crash cut off. */
async function factsNotTakenIn(db: Kysely<unknown>): Promise<Fact[]> {
  const { rows } =
    await sql<Fact>`SELECT id AS event_id, at, actor, type AS verb, server_id, data_json FROM events
    WHERE id > (SELECT coalesce(max(event_id), 0) FROM follower_cursors WHERE follower = 'audit')
    AND id NOT IN (SELECT event_id FROM audit_entries)
    ORDER BY id`.execute(db);
  return rows;
}

const KEY_FACTS = ['key.created', 'key.revoked'];
const SERVER_FACTS = ['server.created', 'server.deleted'];

/** A fact as the hub of that version would have kept it, or `null`. */
function entryOf({ data_json, ...fact }: Fact): OldEntry | null {
  if (KEY_FACTS.includes(fact.verb)) return { ...fact, action_id: null, detail: data_json };
  if (SERVER_FACTS.includes(fact.verb)) return { ...fact, action_id: null, detail: '{}' };
  if (!fact.verb.startsWith('action.') || fact.verb === 'action.progress') return null;
  const { action } = JSON.parse(data_json);
  const { service_name, target, status, digest, reason, self_approved } = action;
  const outcome = action.result?.code ?? null;
  const detail = { service_name, target, status, digest, reason, self_approved, outcome };
  return { ...fact, action_id: action.action_id, detail: JSON.stringify(detail) };
}

const TABLES = [
  `CREATE TABLE audit_chain (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    chain_id TEXT NOT NULL,
    created_at TEXT NOT NULL)`,
  `CREATE TABLE audit_entries_next (
    id BIGINT NOT NULL PRIMARY KEY,
    event_id BIGINT UNIQUE,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    server_id TEXT NOT NULL,
    action_id BIGINT,
    detail TEXT NOT NULL,
    encoding BIGINT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL)`,
];

const INDEXES = [
  `CREATE UNIQUE INDEX one_successor_per_audit_entry ON audit_entries (prev_hash)`,
  `CREATE INDEX audit_entries_of_server ON audit_entries (server_id, id)`,
  `CREATE INDEX audit_entries_of_action ON audit_entries (action_id, id) WHERE action_id IS NOT NULL`,
  `CREATE INDEX audit_entries_of_actor ON audit_entries (actor, id)`,
  `CREATE INDEX audit_entries_of_verb ON audit_entries (verb, id)`,
];

const DOES_NOT_FOLLOW = `NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_entries)
    OR (NEW.id > 1 AND NEW.prev_hash <> (SELECT hash FROM audit_entries WHERE id = NEW.id - 1))`;
const OUT_OF_ORDER = 'an audit entry follows the newest one';

const TRIGGERS = {
  sqlite: [
    `CREATE TRIGGER audit_entries_follow BEFORE INSERT ON audit_entries WHEN ${DOES_NOT_FOLLOW}
    BEGIN SELECT RAISE(ABORT, '${OUT_OF_ORDER}'); END`,
    ...['audit_entries', 'audit_chain'].flatMap((table) => [
      `CREATE TRIGGER ${table}_stay BEFORE UPDATE ON ${table}
    BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END`,
      `CREATE TRIGGER ${table}_are_kept BEFORE DELETE ON ${table}
    BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END`,
    ]),
  ],
  postgres: [
    `CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'an audit entry is never %', TG_ARGV[0]; END $$`,
    `CREATE FUNCTION audit_follow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF ${DOES_NOT_FOLLOW} THEN RAISE EXCEPTION '${OUT_OF_ORDER}'; END IF; RETURN NEW; END $$`,
    `CREATE TRIGGER audit_entries_follow BEFORE INSERT ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_follow()`,
    ...['audit_entries', 'audit_chain'].flatMap((table) => [
      `CREATE TRIGGER ${table}_stay BEFORE UPDATE ON ${table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse('changed')`,
      `CREATE TRIGGER ${table}_are_kept BEFORE DELETE ON ${table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse('deleted')`,
      `CREATE TRIGGER ${table}_are_not_emptied BEFORE TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('deleted')`,
    ]),
  ],
};
