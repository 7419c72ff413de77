-- Written by a test from the migrations (test/postgres/engine.test.ts): change those.

CREATE OR REPLACE FUNCTION public.action_begins()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RAISE EXCEPTION 'an action begins as pending'; END $function$;

CREATE OR REPLACE FUNCTION public.action_steps_on()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NOT EXISTS (SELECT 1 FROM action_status_steps
      WHERE from_status = OLD.status AND to_status = NEW.status)
    THEN RAISE EXCEPTION 'no action takes this step'; END IF; RETURN NEW; END $function$;

CREATE OR REPLACE FUNCTION public.audit_follow()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_entries)
    OR (NEW.id > 1 AND NEW.prev_hash <> (SELECT hash FROM audit_entries WHERE id = NEW.id - 1)) THEN RAISE EXCEPTION 'an audit entry follows the newest one'; END IF; RETURN NEW; END $function$;

CREATE OR REPLACE FUNCTION public.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RAISE EXCEPTION 'an audit entry is never %', TG_ARGV[0]; END $function$;

CREATE TABLE action_status_steps (
  from_status text COLLATE pg_c_utf8 NOT NULL,
  to_status text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE action_status_steps ADD PRIMARY KEY (from_status, to_status);

CREATE TABLE action_steps (
  action_id bigint NOT NULL,
  n bigint NOT NULL,
  step text COLLATE pg_c_utf8 NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL,
  actor text COLLATE pg_c_utf8 NOT NULL,
  detail text COLLATE pg_c_utf8 NOT NULL,
  elapsed_ms double precision);
ALTER TABLE action_steps ADD FOREIGN KEY (action_id) REFERENCES actions(action_id) ON DELETE CASCADE;
ALTER TABLE action_steps ADD PRIMARY KEY (action_id, n);

CREATE TABLE action_verbs (
  kind text COLLATE pg_c_utf8 NOT NULL,
  verb text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE action_verbs ADD PRIMARY KEY (kind, verb);

CREATE TABLE actions (
  action_id bigint NOT NULL,
  order_id text COLLATE pg_c_utf8 NOT NULL,
  kind text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  service_name text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8 NOT NULL,
  command text COLLATE pg_c_utf8 NOT NULL,
  verb text COLLATE pg_c_utf8 NOT NULL,
  status text COLLATE pg_c_utf8 NOT NULL,
  version bigint NOT NULL,
  revision bigint NOT NULL,
  digest text COLLATE pg_c_utf8 NOT NULL,
  expect_json text COLLATE pg_c_utf8,
  why_json text COLLATE pg_c_utf8,
  also_restarts_json text COLLATE pg_c_utf8 NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8 NOT NULL,
  deadline_at text COLLATE pg_c_utf8,
  approved_at text COLLATE pg_c_utf8,
  approved_by text COLLATE pg_c_utf8,
  approved_digest text COLLATE pg_c_utf8,
  decided_by text COLLATE pg_c_utf8,
  reason text COLLATE pg_c_utf8,
  started_at text COLLATE pg_c_utf8,
  verifying_since text COLLATE pg_c_utf8,
  finished_at text COLLATE pg_c_utf8,
  result_json text COLLATE pg_c_utf8,
  settle_ms bigint NOT NULL,
  cancel_requested_by text COLLATE pg_c_utf8,
  sent_life bigint,
  approval_seal_json text COLLATE pg_c_utf8);
ALTER TABLE actions ADD CHECK (((status <> ALL (ARRAY['approved'::text, 'dispatched'::text, 'executing'::text, 'completed'::text, 'failed'::text, 'refused'::text, 'unknown'::text, 'abandoned'::text])) OR ((approved_digest IS NOT NULL) AND (approved_digest = digest))));
ALTER TABLE actions ADD FOREIGN KEY (kind, verb) REFERENCES action_verbs(kind, verb);
ALTER TABLE actions ADD UNIQUE (order_id);
ALTER TABLE actions ADD PRIMARY KEY (action_id);
ALTER TABLE actions ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
ALTER TABLE actions ADD CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text, 'cancelled'::text, 'expired'::text, 'dispatched'::text, 'executing'::text, 'completed'::text, 'failed'::text, 'refused'::text, 'unknown'::text, 'abandoned'::text])));
CREATE INDEX actions_by_deadline ON public.actions USING btree (deadline_at) WHERE (deadline_at IS NOT NULL);
CREATE INDEX actions_by_status ON public.actions USING btree (status, action_id);
CREATE INDEX actions_of_target ON public.actions USING btree (server_id, target, started_at);
CREATE UNIQUE INDEX one_open_action_per_target ON public.actions USING btree (server_id, target) WHERE (status = ANY (ARRAY['pending'::text, 'approved'::text, 'dispatched'::text, 'executing'::text, 'unknown'::text]));
CREATE TRIGGER actions_begin_pending BEFORE INSERT ON public.actions FOR EACH ROW WHEN ((new.status <> 'pending'::text)) EXECUTE FUNCTION action_begins();
CREATE TRIGGER actions_take_legal_steps BEFORE UPDATE ON public.actions FOR EACH ROW WHEN ((new.status <> old.status)) EXECUTE FUNCTION action_steps_on();

CREATE TABLE agent_journals (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  enrolled_at text COLLATE pg_c_utf8 NOT NULL,
  life bigint NOT NULL,
  setback_id bigint NOT NULL,
  newest_order_id text COLLATE pg_c_utf8,
  newest_entry bigint,
  newest_at text COLLATE pg_c_utf8);
ALTER TABLE agent_journals ADD PRIMARY KEY (server_id);
ALTER TABLE agent_journals ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE agent_keys (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  public_key text COLLATE pg_c_utf8 NOT NULL,
  enrolled_at text COLLATE pg_c_utf8 NOT NULL,
  new_key_asked_at text COLLATE pg_c_utf8);
ALTER TABLE agent_keys ADD PRIMARY KEY (server_id);
ALTER TABLE agent_keys ADD UNIQUE (public_key);
ALTER TABLE agent_keys ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE alert_memory (
  part text COLLATE pg_c_utf8 NOT NULL,
  key text COLLATE pg_c_utf8 NOT NULL,
  value_json text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE alert_memory ADD PRIMARY KEY (part, key);

CREATE TABLE alert_rules (
  kind text COLLATE pg_c_utf8 NOT NULL,
  settings_json text COLLATE pg_c_utf8 NOT NULL,
  changed_at text COLLATE pg_c_utf8 NOT NULL,
  changed_by text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE alert_rules ADD PRIMARY KEY (kind);

CREATE TABLE alert_story (
  alert_id bigint NOT NULL,
  n bigint NOT NULL,
  event_id bigint NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL,
  kind text COLLATE pg_c_utf8 NOT NULL,
  text text COLLATE pg_c_utf8 NOT NULL,
  actor text COLLATE pg_c_utf8 NOT NULL,
  action_id bigint);
ALTER TABLE alert_story ADD FOREIGN KEY (alert_id) REFERENCES alerts(alert_id) ON DELETE CASCADE;
ALTER TABLE alert_story ADD CHECK ((kind = ANY (ARRAY['seen'::text, 'told'::text, 'done'::text])));
ALTER TABLE alert_story ADD PRIMARY KEY (alert_id, n);

CREATE TABLE alerts (
  alert_id bigint NOT NULL,
  subject_key text COLLATE pg_c_utf8 NOT NULL,
  kind text COLLATE pg_c_utf8 NOT NULL,
  severity text COLLATE pg_c_utf8 NOT NULL,
  state text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8,
  subject text COLLATE pg_c_utf8,
  title text COLLATE pg_c_utf8 NOT NULL,
  since text COLLATE pg_c_utf8 NOT NULL,
  resolved_at text COLLATE pg_c_utf8,
  cause_alert_id bigint,
  revision bigint NOT NULL,
  alert_json text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE alerts ADD PRIMARY KEY (alert_id);
ALTER TABLE alerts ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
ALTER TABLE alerts ADD CHECK ((severity = ANY (ARRAY['critical'::text, 'warning'::text, 'info'::text])));
ALTER TABLE alerts ADD CHECK ((state = ANY (ARRAY['pending'::text, 'firing'::text, 'acknowledged'::text, 'resolved'::text])));
CREATE INDEX alerts_by_state ON public.alerts USING btree (state, alert_id);
CREATE INDEX alerts_of_cause ON public.alerts USING btree (cause_alert_id);
CREATE INDEX alerts_of_server ON public.alerts USING btree (server_id, alert_id);
CREATE INDEX alerts_resolved ON public.alerts USING btree (resolved_at);
CREATE UNIQUE INDEX one_open_alert_per_subject ON public.alerts USING btree (subject_key) WHERE (state <> 'resolved'::text);

CREATE TABLE api_keys (
  key_id text COLLATE pg_c_utf8 NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  scopes text COLLATE pg_c_utf8 NOT NULL,
  key_digest text COLLATE pg_c_utf8 NOT NULL,
  user_id text COLLATE pg_c_utf8,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8,
  expires_at text COLLATE pg_c_utf8,
  last_used_at text COLLATE pg_c_utf8);
ALTER TABLE api_keys ADD UNIQUE (key_digest);
ALTER TABLE api_keys ADD UNIQUE (name);
ALTER TABLE api_keys ADD PRIMARY KEY (key_id);
ALTER TABLE api_keys ADD FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;

CREATE TABLE audit_chain (
  one bigint NOT NULL,
  chain_id text COLLATE pg_c_utf8 NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE audit_chain ADD CHECK ((one = 1));
ALTER TABLE audit_chain ADD PRIMARY KEY (one);
CREATE TRIGGER audit_chain_are_kept BEFORE DELETE ON public.audit_chain FOR EACH ROW EXECUTE FUNCTION audit_refuse('deleted');
CREATE TRIGGER audit_chain_are_not_emptied BEFORE TRUNCATE ON public.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('deleted');
CREATE TRIGGER audit_chain_stay BEFORE UPDATE ON public.audit_chain FOR EACH ROW EXECUTE FUNCTION audit_refuse('changed');

CREATE TABLE audit_entries (
  id bigint NOT NULL,
  event_id bigint,
  at text COLLATE pg_c_utf8 NOT NULL,
  actor text COLLATE pg_c_utf8 NOT NULL,
  verb text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  action_id bigint,
  detail text COLLATE pg_c_utf8 NOT NULL,
  encoding bigint NOT NULL,
  prev_hash text COLLATE pg_c_utf8 NOT NULL,
  hash text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE audit_entries ADD UNIQUE (event_id);
ALTER TABLE audit_entries ADD PRIMARY KEY (id);
CREATE INDEX audit_entries_of_action ON public.audit_entries USING btree (action_id, id) WHERE (action_id IS NOT NULL);
CREATE INDEX audit_entries_of_actor ON public.audit_entries USING btree (actor, id);
CREATE INDEX audit_entries_of_server ON public.audit_entries USING btree (server_id, id);
CREATE INDEX audit_entries_of_verb ON public.audit_entries USING btree (verb, id);
CREATE UNIQUE INDEX one_successor_per_audit_entry ON public.audit_entries USING btree (prev_hash);
CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION audit_refuse('deleted');
CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('deleted');
CREATE TRIGGER audit_entries_follow BEFORE INSERT ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION audit_follow();
CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION audit_refuse('changed');

CREATE TABLE automation_halt (
  id text COLLATE pg_c_utf8 NOT NULL,
  since text COLLATE pg_c_utf8,
  reason text COLLATE pg_c_utf8);
ALTER TABLE automation_halt ADD CHECK ((id = 'fleet'::text));
ALTER TABLE automation_halt ADD PRIMARY KEY (id);

CREATE TABLE channels (
  channel_id text COLLATE pg_c_utf8 NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  kind text COLLATE pg_c_utf8 NOT NULL,
  enabled bigint NOT NULL,
  settings_json text COLLATE pg_c_utf8 NOT NULL,
  secret_names_json text COLLATE pg_c_utf8 NOT NULL,
  secrets_shut text COLLATE pg_c_utf8,
  routing_json text COLLATE pg_c_utf8 NOT NULL,
  quiet_hours_json text COLLATE pg_c_utf8,
  after_event bigint NOT NULL,
  gathers_until text COLLATE pg_c_utf8,
  last_delivered_at text COLLATE pg_c_utf8,
  last_failed_at text COLLATE pg_c_utf8,
  last_failure text COLLATE pg_c_utf8,
  failures bigint NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8 NOT NULL,
  changed_at text COLLATE pg_c_utf8 NOT NULL,
  changed_by text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE channels ADD CHECK ((enabled = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE channels ADD UNIQUE (name);
ALTER TABLE channels ADD PRIMARY KEY (channel_id);

CREATE TABLE day_marks (
  event_id bigint NOT NULL,
  kind text COLLATE pg_c_utf8 NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL,
  until text COLLATE pg_c_utf8,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  service_name text COLLATE pg_c_utf8,
  target text COLLATE pg_c_utf8,
  action_id bigint,
  detail text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE day_marks ADD CHECK ((kind = ANY (ARRAY['service_down'::text, 'server_offline'::text, 'restart'::text])));
ALTER TABLE day_marks ADD PRIMARY KEY (event_id);
ALTER TABLE day_marks ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
CREATE INDEX day_marks_by_age ON public.day_marks USING btree (at);
CREATE INDEX lasting_day_marks ON public.day_marks USING btree (server_id, target) WHERE (until IS NULL);

CREATE TABLE deliveries (
  delivery_id text COLLATE pg_c_utf8 NOT NULL,
  channel_id text COLLATE pg_c_utf8 NOT NULL,
  event_id bigint NOT NULL,
  alert_id bigint,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  occasion text COLLATE pg_c_utf8 NOT NULL,
  title text COLLATE pg_c_utf8 NOT NULL,
  content_json text COLLATE pg_c_utf8 NOT NULL,
  state text COLLATE pg_c_utf8 NOT NULL,
  message_id text COLLATE pg_c_utf8,
  tries bigint NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  due_at text COLLATE pg_c_utf8,
  give_up_at text COLLATE pg_c_utf8 NOT NULL,
  finished_at text COLLATE pg_c_utf8,
  because text COLLATE pg_c_utf8);
ALTER TABLE deliveries ADD UNIQUE (channel_id, event_id);
ALTER TABLE deliveries ADD FOREIGN KEY (channel_id) REFERENCES channels(channel_id) ON DELETE CASCADE;
ALTER TABLE deliveries ADD CHECK ((occasion = ANY (ARRAY['fired'::text, 'repeated'::text, 'escalated'::text, 'resolved'::text, 'event'::text])));
ALTER TABLE deliveries ADD PRIMARY KEY (delivery_id);
ALTER TABLE deliveries ADD CHECK ((state = ANY (ARRAY['waiting'::text, 'held'::text, 'delivered'::text, 'failed'::text, 'not_told'::text])));
CREATE INDEX deliveries_by_event ON public.deliveries USING btree (event_id);
CREATE INDEX deliveries_of_alert ON public.deliveries USING btree (alert_id, channel_id, event_id);
CREATE INDEX deliveries_of_channel ON public.deliveries USING btree (channel_id, state, event_id);
CREATE INDEX deliveries_of_message ON public.deliveries USING btree (message_id);
CREATE INDEX finished_deliveries ON public.deliveries USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE TABLE enrolment_tokens (
  token_digest text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  expires_at text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE enrolment_tokens ADD PRIMARY KEY (token_digest);
ALTER TABLE enrolment_tokens ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
CREATE INDEX enrolment_tokens_of_server ON public.enrolment_tokens USING btree (server_id);

CREATE TABLE events (
  id bigint NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL,
  type text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  actor text COLLATE pg_c_utf8 NOT NULL,
  data_json text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE events ADD PRIMARY KEY (id);

CREATE TABLE fleet_freeze (
  id text COLLATE pg_c_utf8 NOT NULL,
  is_on bigint NOT NULL,
  reason text COLLATE pg_c_utf8,
  changed_by text COLLATE pg_c_utf8,
  changed_at text COLLATE pg_c_utf8,
  is_told bigint NOT NULL);
ALTER TABLE fleet_freeze ADD CHECK ((id = 'fleet'::text));
ALTER TABLE fleet_freeze ADD CHECK ((is_on = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE fleet_freeze ADD CHECK ((is_told = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE fleet_freeze ADD PRIMARY KEY (id);

CREATE TABLE follower_cursors (
  follower text COLLATE pg_c_utf8 NOT NULL,
  event_id bigint NOT NULL);
ALTER TABLE follower_cursors ADD PRIMARY KEY (follower);

CREATE TABLE heartbeats (
  heartbeat_id text COLLATE pg_c_utf8 NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  host text COLLATE pg_c_utf8 NOT NULL,
  url_shut text COLLATE pg_c_utf8 NOT NULL,
  every_ms bigint NOT NULL,
  enabled bigint NOT NULL,
  tried_at text COLLATE pg_c_utf8,
  last_sent_at text COLLATE pg_c_utf8,
  last_failed_at text COLLATE pg_c_utf8,
  last_failure text COLLATE pg_c_utf8,
  failures bigint NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE heartbeats ADD CHECK ((enabled = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE heartbeats ADD UNIQUE (name);
ALTER TABLE heartbeats ADD PRIMARY KEY (heartbeat_id);

CREATE TABLE hub_counters (
  name text COLLATE pg_c_utf8 NOT NULL,
  last bigint NOT NULL);
ALTER TABLE hub_counters ADD PRIMARY KEY (name);

CREATE TABLE incidents (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8 NOT NULL,
  policy_name text COLLATE pg_c_utf8 NOT NULL,
  state text COLLATE pg_c_utf8 NOT NULL,
  tries bigint NOT NULL,
  due_at text COLLATE pg_c_utf8,
  action_id bigint,
  reason text COLLATE pg_c_utf8,
  opened_at text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE incidents ADD CHECK (((state = 'acting'::text) = (action_id IS NOT NULL)));
ALTER TABLE incidents ADD PRIMARY KEY (server_id, target);
ALTER TABLE incidents ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
ALTER TABLE incidents ADD CHECK ((state = ANY (ARRAY['waiting'::text, 'acting'::text, 'resting'::text, 'stopped'::text])));
CREATE INDEX due_incidents ON public.incidents USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE TABLE invitations (
  token_digest text COLLATE pg_c_utf8 NOT NULL,
  user_id text COLLATE pg_c_utf8 NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  expires_at text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE invitations ADD PRIMARY KEY (token_digest);
ALTER TABLE invitations ADD FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
ALTER TABLE invitations ADD UNIQUE (user_id);

CREATE TABLE known_hub_key (
  one bigint NOT NULL,
  public_key text COLLATE pg_c_utf8 NOT NULL,
  since text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE known_hub_key ADD CHECK ((one = 1));
ALTER TABLE known_hub_key ADD PRIMARY KEY (one);

CREATE TABLE kysely_migration (
  name character varying(255) NOT NULL,
  "timestamp" character varying(255) NOT NULL);
ALTER TABLE kysely_migration ADD PRIMARY KEY (name);

CREATE TABLE kysely_migration_lock (
  id character varying(255) NOT NULL,
  is_locked integer NOT NULL DEFAULT 0);
ALTER TABLE kysely_migration_lock ADD PRIMARY KEY (id);

CREATE TABLE metric_blocks (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  step_ms bigint NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL,
  is_open bigint NOT NULL,
  block bytea NOT NULL);
ALTER TABLE metric_blocks ADD CHECK ((is_open = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE metric_blocks ADD PRIMARY KEY (server_id, step_ms, at);
ALTER TABLE metric_blocks ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
CREATE INDEX open_metric_blocks ON public.metric_blocks USING btree (step_ms, server_id, at) WHERE (is_open = 1);

CREATE TABLE named_wishes (
  key_id text COLLATE pg_c_utf8 NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  digest text COLLATE pg_c_utf8 NOT NULL,
  answer_json text COLLATE pg_c_utf8 NOT NULL,
  granted_at text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE named_wishes ADD PRIMARY KEY (key_id, name);
CREATE INDEX named_wishes_by_age ON public.named_wishes USING btree (granted_at);

CREATE TABLE passkeys (
  passkey_id text COLLATE pg_c_utf8 NOT NULL,
  user_id text COLLATE pg_c_utf8 NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  credential_id text COLLATE pg_c_utf8 NOT NULL,
  public_key text COLLATE pg_c_utf8 NOT NULL,
  algorithm bigint NOT NULL,
  sign_count bigint NOT NULL,
  rp_id text COLLATE pg_c_utf8 NOT NULL,
  transports_json text COLLATE pg_c_utf8 NOT NULL,
  is_synced bigint NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  last_used_at text COLLATE pg_c_utf8);
ALTER TABLE passkeys ADD UNIQUE (credential_id);
ALTER TABLE passkeys ADD CHECK ((is_synced = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE passkeys ADD PRIMARY KEY (passkey_id);
ALTER TABLE passkeys ADD CHECK ((sign_count >= 0));
ALTER TABLE passkeys ADD FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
CREATE INDEX passkeys_of_user ON public.passkeys USING btree (user_id);

CREATE TABLE policies (
  name text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8,
  service_name text COLLATE pg_c_utf8,
  target text COLLATE pg_c_utf8,
  scope text COLLATE pg_c_utf8 NOT NULL,
  mode text COLLATE pg_c_utf8 NOT NULL,
  expires_at text COLLATE pg_c_utf8,
  hours_json text COLLATE pg_c_utf8,
  is_shadow bigint NOT NULL,
  is_remediating bigint NOT NULL,
  wait_ms bigint NOT NULL,
  changed_at text COLLATE pg_c_utf8 NOT NULL,
  changed_by text COLLATE pg_c_utf8 NOT NULL,
  paused_at text COLLATE pg_c_utf8,
  paused_because text COLLATE pg_c_utf8,
  noted_at text COLLATE pg_c_utf8,
  note text COLLATE pg_c_utf8);
ALTER TABLE policies ADD CHECK (((mode <> 'auto'::text) OR ((expires_at IS NOT NULL) AND (server_id IS NOT NULL))));
ALTER TABLE policies ADD CHECK (((mode <> 'two_person'::text) OR ((expires_at IS NULL) AND (hours_json IS NULL) AND (is_shadow = 0))));
ALTER TABLE policies ADD CHECK (((target IS NULL) OR (server_id IS NOT NULL)));
ALTER TABLE policies ADD CHECK ((is_remediating = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE policies ADD CHECK ((is_shadow = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE policies ADD CHECK ((mode = ANY (ARRAY['manual'::text, 'auto'::text, 'two_person'::text])));
ALTER TABLE policies ADD PRIMARY KEY (name);
ALTER TABLE policies ADD UNIQUE (scope, is_shadow);
ALTER TABLE policies ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE quarantines (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  since text COLLATE pg_c_utf8 NOT NULL,
  reason text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE quarantines ADD PRIMARY KEY (server_id);
ALTER TABLE quarantines ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE replaced_agent_keys (
  public_key text COLLATE pg_c_utf8 NOT NULL,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  replaced_at text COLLATE pg_c_utf8 NOT NULL,
  shown_at text COLLATE pg_c_utf8);
ALTER TABLE replaced_agent_keys ADD PRIMARY KEY (public_key);
ALTER TABLE replaced_agent_keys ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
CREATE INDEX replaced_agent_keys_of_server ON public.replaced_agent_keys USING btree (server_id);

CREATE TABLE servers (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  display_name text COLLATE pg_c_utf8,
  tags_json text COLLATE pg_c_utf8 NOT NULL,
  liveness text COLLATE pg_c_utf8 NOT NULL,
  liveness_since text COLLATE pg_c_utf8 NOT NULL,
  last_seen_at text COLLATE pg_c_utf8,
  facts_json text COLLATE pg_c_utf8,
  maintenance_json text COLLATE pg_c_utf8 NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  revision bigint NOT NULL);
ALTER TABLE servers ADD CHECK ((liveness = ANY (ARRAY['never_seen'::text, 'online'::text, 'stale'::text, 'offline'::text])));
ALTER TABLE servers ADD PRIMARY KEY (server_id);

CREATE TABLE service_changes (
  event_id bigint NOT NULL,
  server_id text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8 NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL,
  status text COLLATE pg_c_utf8 NOT NULL,
  state_class text COLLATE pg_c_utf8,
  is_answering bigint,
  action_id bigint,
  why_json text COLLATE pg_c_utf8);
ALTER TABLE service_changes ADD CHECK ((is_answering = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE service_changes ADD PRIMARY KEY (event_id);
ALTER TABLE service_changes ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
CREATE INDEX service_changes_of_service ON public.service_changes USING btree (server_id, target, event_id);

CREATE TABLE service_days (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8 NOT NULL,
  day text COLLATE pg_c_utf8 NOT NULL,
  running_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  unknown_ms bigint NOT NULL);
ALTER TABLE service_days ADD PRIMARY KEY (server_id, target, day);
ALTER TABLE service_days ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE service_spells (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8 NOT NULL,
  seen text COLLATE pg_c_utf8 NOT NULL,
  reported text COLLATE pg_c_utf8 NOT NULL,
  counted_as text COLLATE pg_c_utf8 NOT NULL,
  since text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE service_spells ADD CHECK ((counted_as = ANY (ARRAY['running'::text, 'down'::text, 'unknown'::text, 'not_counted'::text])));
ALTER TABLE service_spells ADD PRIMARY KEY (server_id, target);
ALTER TABLE service_spells ADD CHECK ((reported = ANY (ARRAY['running'::text, 'down'::text, 'unknown'::text, 'not_counted'::text])));
ALTER TABLE service_spells ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE services (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8 NOT NULL,
  service_name text COLLATE pg_c_utf8 NOT NULL,
  expected bigint NOT NULL,
  display_name text COLLATE pg_c_utf8,
  critical bigint NOT NULL,
  enabled bigint NOT NULL,
  report_json text COLLATE pg_c_utf8,
  observed_at text COLLATE pg_c_utf8,
  revision bigint NOT NULL,
  probe_json text COLLATE pg_c_utf8,
  grace_seconds bigint NOT NULL DEFAULT 0,
  unwell_since text COLLATE pg_c_utf8);
ALTER TABLE services ADD CHECK ((critical = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE services ADD CHECK ((enabled = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE services ADD CHECK ((expected = ANY (ARRAY[(0)::bigint, (1)::bigint])));
ALTER TABLE services ADD CHECK (((grace_seconds >= 0) AND (grace_seconds <= 3600)));
ALTER TABLE services ADD PRIMARY KEY (server_id, target);
ALTER TABLE services ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;
CREATE INDEX expected_services ON public.services USING btree (server_id) WHERE (expected = 1);

CREATE TABLE sessions (
  session_id text COLLATE pg_c_utf8 NOT NULL,
  session_digest text COLLATE pg_c_utf8 NOT NULL,
  user_id text COLLATE pg_c_utf8,
  key_id text COLLATE pg_c_utf8,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  expires_at text COLLATE pg_c_utf8 NOT NULL,
  last_used_at text COLLATE pg_c_utf8 NOT NULL,
  proved_at text COLLATE pg_c_utf8 NOT NULL,
  address text COLLATE pg_c_utf8 NOT NULL,
  user_agent text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE sessions ADD CHECK (((user_id IS NULL) <> (key_id IS NULL)));
ALTER TABLE sessions ADD FOREIGN KEY (key_id) REFERENCES api_keys(key_id) ON DELETE CASCADE;
ALTER TABLE sessions ADD PRIMARY KEY (session_id);
ALTER TABLE sessions ADD UNIQUE (session_digest);
ALTER TABLE sessions ADD FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
CREATE INDEX sessions_by_end ON public.sessions USING btree (expires_at);

CREATE TABLE setbacks (
  setback_id bigint NOT NULL,
  found_at text COLLATE pg_c_utf8 NOT NULL,
  found_by text COLLATE pg_c_utf8 NOT NULL,
  own_entry bigint NOT NULL,
  lost_entry bigint NOT NULL,
  restored_at text COLLATE pg_c_utf8,
  accepted_at text COLLATE pg_c_utf8,
  accepted_entry bigint);
ALTER TABLE setbacks ADD CHECK (((accepted_at IS NULL) = (accepted_entry IS NULL)));
ALTER TABLE setbacks ADD PRIMARY KEY (setback_id);
ALTER TABLE setbacks ADD UNIQUE (restored_at);

CREATE TABLE signatures (
  signature text COLLATE pg_c_utf8 NOT NULL,
  person text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE signatures ADD PRIMARY KEY (signature);

CREATE TABLE silences (
  silence_id bigint NOT NULL,
  server_id text COLLATE pg_c_utf8,
  tag text COLLATE pg_c_utf8,
  kind text COLLATE pg_c_utf8,
  subject text COLLATE pg_c_utf8,
  until text COLLATE pg_c_utf8 NOT NULL,
  reason text COLLATE pg_c_utf8 NOT NULL,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE silences ADD PRIMARY KEY (silence_id);
ALTER TABLE silences ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE two_person_lifts (
  lifted_by text COLLATE pg_c_utf8 NOT NULL,
  scope text COLLATE pg_c_utf8 NOT NULL,
  at text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE two_person_lifts ADD PRIMARY KEY (lifted_by, scope);

CREATE TABLE unaccounted_orders (
  server_id text COLLATE pg_c_utf8 NOT NULL,
  order_id text COLLATE pg_c_utf8 NOT NULL,
  entry bigint NOT NULL,
  held_at text COLLATE pg_c_utf8 NOT NULL,
  target text COLLATE pg_c_utf8,
  settled_at text COLLATE pg_c_utf8);
ALTER TABLE unaccounted_orders ADD PRIMARY KEY (server_id, order_id);
ALTER TABLE unaccounted_orders ADD FOREIGN KEY (server_id) REFERENCES servers(server_id) ON DELETE CASCADE;

CREATE TABLE users (
  user_id text COLLATE pg_c_utf8 NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  role text COLLATE pg_c_utf8 NOT NULL,
  password_hash text COLLATE pg_c_utf8,
  oidc_subject text COLLATE pg_c_utf8,
  totp_secret text COLLATE pg_c_utf8,
  totp_confirmed_at text COLLATE pg_c_utf8,
  totp_last_step bigint,
  disabled_at text COLLATE pg_c_utf8,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8 NOT NULL,
  last_signed_in_at text COLLATE pg_c_utf8);
ALTER TABLE users ADD UNIQUE (name);
ALTER TABLE users ADD UNIQUE (oidc_subject);
ALTER TABLE users ADD PRIMARY KEY (user_id);
ALTER TABLE users ADD CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'approver'::text, 'admin'::text])));

CREATE TABLE watched_jobs (
  job_id bigint NOT NULL,
  name text COLLATE pg_c_utf8 NOT NULL,
  kind text COLLATE pg_c_utf8 NOT NULL,
  every_ms bigint NOT NULL,
  grace_ms bigint NOT NULL,
  token_digest text COLLATE pg_c_utf8 NOT NULL,
  last_ping_at text COLLATE pg_c_utf8,
  last_failure text COLLATE pg_c_utf8,
  created_at text COLLATE pg_c_utf8 NOT NULL,
  created_by text COLLATE pg_c_utf8 NOT NULL);
ALTER TABLE watched_jobs ADD CHECK ((kind = ANY (ARRAY['backup'::text, 'job'::text])));
ALTER TABLE watched_jobs ADD UNIQUE (name);
ALTER TABLE watched_jobs ADD PRIMARY KEY (job_id);
ALTER TABLE watched_jobs ADD UNIQUE (token_digest);
