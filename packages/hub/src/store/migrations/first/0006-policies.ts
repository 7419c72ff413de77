import { type Kysely, sql } from 'kysely';

/** Policies: who or what may approve, by server and service; and who took a rule of two people away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `CREATE TABLE policies (
    name TEXT PRIMARY KEY,
    server_id TEXT REFERENCES servers (server_id) ON DELETE CASCADE,
    service_name TEXT,
    target TEXT,
    scope TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('manual', 'auto', 'two_person')),
    expires_at TEXT,
    hours_json TEXT,
    is_shadow BIGINT NOT NULL CHECK (is_shadow IN (0, 1)),
    is_remediating BIGINT NOT NULL CHECK (is_remediating IN (0, 1)),
    wait_ms BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    paused_at TEXT,
    paused_because TEXT,
    noted_at TEXT,
    note TEXT,
    CHECK (mode <> 'auto' OR (expires_at IS NOT NULL AND server_id IS NOT NULL)),
    CHECK (mode <> 'two_person' OR (expires_at IS NULL AND hours_json IS NULL AND is_shadow = 0)),
    CHECK (target IS NULL OR server_id IS NOT NULL),
    UNIQUE (scope, is_shadow))`,

  `CREATE TABLE two_person_lifts (
    lifted_by TEXT NOT NULL,
    scope TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (lifted_by, scope))`,
];
