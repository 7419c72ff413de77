import { type Kysely, sql } from 'kysely';
import { engineOf } from '../../engine.ts';

/**
 * Kinds and verbs of actions move from a constraint of the table to rows, so that a new kind needs no new table. The
 * copy is made child first: dropping a table that is still referred to would take its children along.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...STATEMENTS, ...TRIGGERS[engineOf(db)]]) await sql.raw(statement).execute(db);
}

const COLUMNS = `action_id, order_id, kind, server_id, service_name, target, command, verb, status, version, revision,
  digest, expect_json, why_json, also_restarts_json, created_at, created_by, deadline_at, approved_at, approved_by,
  approved_digest, decided_by, reason, started_at, verifying_since, finished_at, result_json, settle_ms`;

const STATEMENTS = [
  `CREATE TABLE action_verbs (kind TEXT NOT NULL, verb TEXT NOT NULL, PRIMARY KEY (kind, verb))`,
  `INSERT INTO action_verbs (kind, verb) VALUES ('restart_service', 'restart'), ('restart_service', 'reset-and-restart')`,

  `CREATE TABLE actions_next (
    action_id INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    service_name TEXT NOT NULL,
    target TEXT NOT NULL,
    command TEXT NOT NULL,
    verb TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'cancelled', 'expired',
      'dispatched', 'executing', 'completed', 'failed', 'refused', 'unknown', 'abandoned')),
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    expect_json TEXT,
    why_json TEXT,
    also_restarts_json TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    deadline_at TEXT,
    approved_at TEXT,
    approved_by TEXT,
    approved_digest TEXT,
    decided_by TEXT,
    reason TEXT,
    started_at TEXT,
    verifying_since TEXT,
    finished_at TEXT,
    result_json TEXT,
    settle_ms INTEGER NOT NULL,
    FOREIGN KEY (kind, verb) REFERENCES action_verbs (kind, verb),
    CHECK (status NOT IN ('approved', 'dispatched', 'executing', 'completed', 'failed', 'refused', 'unknown',
      'abandoned') OR (approved_digest IS NOT NULL AND approved_digest = digest)))`,
  `INSERT INTO actions_next (${COLUMNS}) SELECT ${COLUMNS} FROM actions`,
  `CREATE TABLE action_steps_next (
    action_id INTEGER NOT NULL REFERENCES actions_next (action_id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    step TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL,
    elapsed_ms REAL,
    PRIMARY KEY (action_id, n))`,
  `INSERT INTO action_steps_next (action_id, n, step, at, actor, detail, elapsed_ms)
    SELECT action_id, n, step, at, actor, detail, elapsed_ms FROM action_steps`,
  `DROP TABLE action_steps`,
  `DROP TABLE actions`,
  `ALTER TABLE actions_next RENAME TO actions`,
  `ALTER TABLE action_steps_next RENAME TO action_steps`,

  `CREATE UNIQUE INDEX one_open_action_per_target ON actions (server_id, target)
    WHERE status IN ('pending', 'approved', 'dispatched', 'executing', 'unknown')`,
  `CREATE INDEX actions_by_status ON actions (status, action_id)`,
  `CREATE INDEX actions_of_target ON actions (server_id, target, started_at)`,
  `CREATE INDEX actions_by_deadline ON actions (deadline_at) WHERE deadline_at IS NOT NULL`,
];

const NOT_PENDING = 'an action begins as pending';
const NO_SUCH_STEP = 'no action takes this step';

const TRIGGERS = {
  sqlite: [
    `CREATE TRIGGER actions_begin_pending BEFORE INSERT ON actions WHEN NEW.status <> 'pending'
    BEGIN SELECT RAISE(ABORT, '${NOT_PENDING}'); END`,
    `CREATE TRIGGER actions_take_legal_steps BEFORE UPDATE OF status ON actions
    WHEN NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM action_status_steps
      WHERE from_status = OLD.status AND to_status = NEW.status)
    BEGIN SELECT RAISE(ABORT, '${NO_SUCH_STEP}'); END`,
  ],
  postgres: [
    `CREATE FUNCTION action_begins() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '${NOT_PENDING}'; END $$`,
    `CREATE FUNCTION action_steps_on() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NOT EXISTS (SELECT 1 FROM action_status_steps
      WHERE from_status = OLD.status AND to_status = NEW.status)
    THEN RAISE EXCEPTION '${NO_SUCH_STEP}'; END IF; RETURN NEW; END $$`,
    `CREATE TRIGGER actions_begin_pending BEFORE INSERT ON actions
    FOR EACH ROW WHEN (NEW.status <> 'pending') EXECUTE FUNCTION action_begins()`,
    // Not of the statements that name the column alone: whatever changes it is looked at.
    `CREATE TRIGGER actions_take_legal_steps BEFORE UPDATE ON actions
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION action_steps_on()`,
  ],
};
