-- Written by npm run generate from the migrations: change those.

CREATE TABLE action_status_steps (from_status TEXT NOT NULL, to_status TEXT NOT NULL,
  PRIMARY KEY (from_status, to_status));

CREATE TABLE "action_steps" (
  action_id INTEGER NOT NULL REFERENCES "actions" (action_id) ON DELETE CASCADE,
  n INTEGER NOT NULL,
  step TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  detail TEXT NOT NULL,
  elapsed_ms REAL,
  PRIMARY KEY (action_id, n));

CREATE TABLE action_verbs (kind TEXT NOT NULL, verb TEXT NOT NULL, PRIMARY KEY (kind, verb));

CREATE TABLE "actions" (
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
  settle_ms INTEGER NOT NULL, cancel_requested_by TEXT, sent_life BIGINT, approval_seal_json TEXT,
  FOREIGN KEY (kind, verb) REFERENCES action_verbs (kind, verb),
  CHECK (status NOT IN ('approved', 'dispatched', 'executing', 'completed', 'failed', 'refused', 'unknown',
    'abandoned') OR (approved_digest IS NOT NULL AND approved_digest = digest)));

CREATE INDEX actions_by_deadline ON actions (deadline_at) WHERE deadline_at IS NOT NULL;

CREATE INDEX actions_by_status ON actions (status, action_id);

CREATE INDEX actions_of_target ON actions (server_id, target, started_at);

CREATE UNIQUE INDEX one_open_action_per_target ON actions (server_id, target)
  WHERE status IN ('pending', 'approved', 'dispatched', 'executing', 'unknown');

CREATE TRIGGER actions_begin_pending BEFORE INSERT ON actions WHEN NEW.status <> 'pending'
  BEGIN SELECT RAISE(ABORT, 'an action begins as pending'); END;

CREATE TRIGGER actions_take_legal_steps BEFORE UPDATE OF status ON actions
  WHEN NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM action_status_steps
    WHERE from_status = OLD.status AND to_status = NEW.status)
  BEGIN SELECT RAISE(ABORT, 'no action takes this step'); END;

CREATE TABLE agent_journals (
  server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
  enrolled_at TEXT NOT NULL,
  life BIGINT NOT NULL,
  setback_id BIGINT NOT NULL,
  newest_order_id TEXT,
  newest_entry BIGINT,
  newest_at TEXT);

CREATE TABLE agent_keys (
  server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
  public_key TEXT NOT NULL UNIQUE,
  enrolled_at TEXT NOT NULL, new_key_asked_at TEXT);

CREATE TABLE alert_memory (
  part TEXT NOT NULL,
  key TEXT NOT NULL,
  value_json TEXT NOT NULL,
  PRIMARY KEY (part, key));

CREATE TABLE alert_rules (
  kind TEXT PRIMARY KEY,
  settings_json TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  changed_by TEXT NOT NULL);

CREATE TABLE alert_story (
  alert_id INTEGER NOT NULL REFERENCES alerts (alert_id) ON DELETE CASCADE,
  n INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('seen', 'told', 'done')),
  text TEXT NOT NULL,
  actor TEXT NOT NULL,
  action_id INTEGER,
  PRIMARY KEY (alert_id, n));

CREATE TABLE alerts (
  alert_id INTEGER PRIMARY KEY,
  subject_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
  state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved')),
  server_id TEXT REFERENCES servers (server_id) ON DELETE CASCADE,
  subject TEXT,
  title TEXT NOT NULL,
  since TEXT NOT NULL,
  resolved_at TEXT,
  cause_alert_id INTEGER,
  revision INTEGER NOT NULL,
  alert_json TEXT NOT NULL);

CREATE INDEX alerts_by_state ON alerts (state, alert_id);

CREATE INDEX alerts_of_cause ON alerts (cause_alert_id);

CREATE INDEX alerts_of_server ON alerts (server_id, alert_id);

CREATE INDEX alerts_resolved ON alerts (resolved_at);

CREATE UNIQUE INDEX one_open_alert_per_subject ON alerts (subject_key) WHERE state <> 'resolved';

CREATE TABLE api_keys (
  key_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  key_digest TEXT NOT NULL UNIQUE,
  user_id TEXT REFERENCES users (user_id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  created_by TEXT,
  expires_at TEXT,
  last_used_at TEXT);

CREATE TABLE audit_chain (
  one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
  chain_id TEXT NOT NULL,
  created_at TEXT NOT NULL);

CREATE TRIGGER audit_chain_are_kept BEFORE DELETE ON audit_chain
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;

CREATE TRIGGER audit_chain_stay BEFORE UPDATE ON audit_chain
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;

CREATE TABLE "audit_entries" (
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
  hash TEXT NOT NULL);

CREATE INDEX audit_entries_of_action ON audit_entries (action_id, id) WHERE action_id IS NOT NULL;

CREATE INDEX audit_entries_of_actor ON audit_entries (actor, id);

CREATE INDEX audit_entries_of_server ON audit_entries (server_id, id);

CREATE INDEX audit_entries_of_verb ON audit_entries (verb, id);

CREATE UNIQUE INDEX one_successor_per_audit_entry ON audit_entries (prev_hash);

CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON audit_entries
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;

CREATE TRIGGER audit_entries_follow BEFORE INSERT ON audit_entries WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_entries)
  OR (NEW.id > 1 AND NEW.prev_hash <> (SELECT hash FROM audit_entries WHERE id = NEW.id - 1))
  BEGIN SELECT RAISE(ABORT, 'an audit entry follows the newest one'); END;

CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;

CREATE TABLE automation_halt (
  id TEXT PRIMARY KEY CHECK (id = 'fleet'),
  since TEXT,
  reason TEXT);

CREATE TABLE day_marks (
  event_id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('service_down', 'server_offline', 'restart')),
  at TEXT NOT NULL,
  until TEXT,
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  service_name TEXT,
  target TEXT,
  action_id INTEGER,
  detail TEXT NOT NULL);

CREATE INDEX day_marks_by_age ON day_marks (at);

CREATE INDEX lasting_day_marks ON day_marks (server_id, target) WHERE until IS NULL;

CREATE TABLE enrolment_tokens (
  token_digest TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL);

CREATE INDEX enrolment_tokens_of_server ON enrolment_tokens (server_id);

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  type TEXT NOT NULL,
  server_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  data_json TEXT NOT NULL);

CREATE TABLE fleet_freeze (
  id TEXT PRIMARY KEY CHECK (id = 'fleet'),
  is_on BIGINT NOT NULL CHECK (is_on IN (0, 1)),
  reason TEXT,
  changed_by TEXT,
  changed_at TEXT,
  is_told BIGINT NOT NULL CHECK (is_told IN (0, 1)));

CREATE TABLE follower_cursors (follower TEXT PRIMARY KEY, event_id INTEGER NOT NULL);

CREATE TABLE hub_counters (name TEXT PRIMARY KEY, last INTEGER NOT NULL);

CREATE TABLE incidents (
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  policy_name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'acting', 'resting', 'stopped')),
  tries BIGINT NOT NULL,
  due_at TEXT,
  action_id BIGINT,
  reason TEXT,
  opened_at TEXT NOT NULL,
  PRIMARY KEY (server_id, target),
  CHECK ((state = 'acting') = (action_id IS NOT NULL)));

CREATE INDEX due_incidents ON incidents (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE invitations (
  token_digest TEXT PRIMARY KEY,
  user_id TEXT NOT NULL UNIQUE REFERENCES users (user_id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL);

CREATE TABLE known_hub_key (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  public_key TEXT NOT NULL,
  since TEXT NOT NULL);

CREATE TABLE "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);

CREATE TABLE "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);

CREATE TABLE metric_blocks (
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  step_ms INTEGER NOT NULL,
  at TEXT NOT NULL,
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  block BLOB NOT NULL,
  PRIMARY KEY (server_id, step_ms, at));

CREATE INDEX open_metric_blocks ON metric_blocks (step_ms, server_id, at) WHERE is_open = 1;

CREATE TABLE named_wishes (
  key_id TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  answer_json TEXT NOT NULL,
  granted_at TEXT NOT NULL,
  PRIMARY KEY (key_id, name));

CREATE INDEX named_wishes_by_age ON named_wishes (granted_at);

CREATE TABLE passkeys (
  passkey_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  algorithm BIGINT NOT NULL,
  sign_count BIGINT NOT NULL CHECK (sign_count >= 0),
  rp_id TEXT NOT NULL,
  transports_json TEXT NOT NULL,
  is_synced INTEGER NOT NULL CHECK (is_synced IN (0, 1)),
  created_at TEXT NOT NULL,
  last_used_at TEXT);

CREATE INDEX passkeys_of_user ON passkeys (user_id);

CREATE TABLE policies (
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
  UNIQUE (scope, is_shadow));

CREATE TABLE quarantines (
  server_id TEXT PRIMARY KEY REFERENCES servers (server_id) ON DELETE CASCADE,
  since TEXT NOT NULL,
  reason TEXT NOT NULL);

CREATE TABLE replaced_agent_keys (
  public_key TEXT PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  replaced_at TEXT NOT NULL,
  shown_at TEXT);

CREATE INDEX replaced_agent_keys_of_server ON replaced_agent_keys (server_id);

CREATE TABLE servers (
  server_id TEXT PRIMARY KEY,
  display_name TEXT,
  tags_json TEXT NOT NULL,
  liveness TEXT NOT NULL CHECK (liveness IN ('never_seen', 'online', 'stale', 'offline')),
  liveness_since TEXT NOT NULL,
  last_seen_at TEXT,
  facts_json TEXT,
  maintenance_json TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revision INTEGER NOT NULL);

CREATE TABLE service_changes (
  event_id INTEGER PRIMARY KEY,
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  at TEXT NOT NULL,
  status TEXT NOT NULL,
  state_class TEXT,
  is_answering INTEGER CHECK (is_answering IN (0, 1)),
  action_id INTEGER,
  why_json TEXT);

CREATE INDEX service_changes_of_service ON service_changes (server_id, target, event_id);

CREATE TABLE service_days (
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  day TEXT NOT NULL,
  running_ms INTEGER NOT NULL,
  down_ms INTEGER NOT NULL,
  unknown_ms INTEGER NOT NULL,
  PRIMARY KEY (server_id, target, day));

CREATE TABLE service_spells (
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  seen TEXT NOT NULL,
  reported TEXT NOT NULL CHECK (reported IN ('running', 'down', 'unknown', 'not_counted')),
  counted_as TEXT NOT NULL CHECK (counted_as IN ('running', 'down', 'unknown', 'not_counted')),
  since TEXT NOT NULL,
  PRIMARY KEY (server_id, target));

CREATE TABLE services (
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  target TEXT NOT NULL,
  service_name TEXT NOT NULL,
  expected INTEGER NOT NULL CHECK (expected IN (0, 1)),
  display_name TEXT,
  critical INTEGER NOT NULL CHECK (critical IN (0, 1)),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  report_json TEXT,
  observed_at TEXT,
  revision INTEGER NOT NULL, probe_json TEXT,
  PRIMARY KEY (server_id, target));

CREATE INDEX expected_services ON services (server_id) WHERE expected = 1;

CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  session_digest TEXT NOT NULL UNIQUE,
  user_id TEXT REFERENCES users (user_id) ON DELETE CASCADE,
  key_id TEXT REFERENCES api_keys (key_id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  last_used_at TEXT NOT NULL,
  proved_at TEXT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  CHECK ((user_id IS NULL) <> (key_id IS NULL)));

CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE setbacks (
  setback_id BIGINT PRIMARY KEY,
  found_at TEXT NOT NULL,
  found_by TEXT NOT NULL,
  own_entry BIGINT NOT NULL,
  lost_entry BIGINT NOT NULL,
  restored_at TEXT UNIQUE,
  accepted_at TEXT,
  accepted_entry BIGINT,
  CHECK ((accepted_at IS NULL) = (accepted_entry IS NULL)));

CREATE TABLE signatures (
  signature TEXT PRIMARY KEY,
  person TEXT NOT NULL);

CREATE TABLE silences (
  silence_id INTEGER PRIMARY KEY,
  server_id TEXT REFERENCES servers (server_id) ON DELETE CASCADE,
  tag TEXT,
  kind TEXT,
  subject TEXT,
  until TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL);

CREATE TABLE two_person_lifts (
  lifted_by TEXT NOT NULL,
  scope TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (lifted_by, scope));

CREATE TABLE unaccounted_orders (
  server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
  order_id TEXT NOT NULL,
  entry BIGINT NOT NULL,
  held_at TEXT NOT NULL,
  target TEXT,
  settled_at TEXT,
  PRIMARY KEY (server_id, order_id));

CREATE TABLE users (
  user_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
  password_hash TEXT,
  oidc_subject TEXT UNIQUE,
  totp_secret TEXT,
  totp_confirmed_at TEXT,
  totp_last_step BIGINT,
  disabled_at TEXT,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  last_signed_in_at TEXT);

CREATE TABLE watched_jobs (
  job_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('backup', 'job')),
  every_ms INTEGER NOT NULL,
  grace_ms INTEGER NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  last_ping_at TEXT,
  last_failure TEXT,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL);
