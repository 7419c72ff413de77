import type { AlertKind, AlertSeverity, AlertState } from '@homelabcmd/protocol';

/** Alerts: only `alerts/` writes these. */
export interface AlertTables {
  alerts: AlertsTable;
  /** What became of each, in order. */
  alert_story: AlertStoryTable;
  /** Those that have not ended. */
  silences: SilencesTable;
  /** Settings of rules that somebody changed. */
  alert_rules: { kind: AlertKind; settings_json: string; changed_at: string; changed_by: string };
  watched_jobs: WatchedJobsTable;
  /** What the evaluation knows: with it a hub goes on where it was. */
  alert_memory: { part: string; key: string; value_json: string };
}

/** The columns are for finding; `alert_json` is the alert. */
interface AlertsTable {
  alert_id: number;
  /** What it is about, by the names that do not change; one that is open has it alone. */
  subject_key: string;
  kind: AlertKind;
  severity: AlertSeverity;
  state: AlertState;
  server_id: string | null;
  subject: string | null;
  title: string;
  since: string;
  resolved_at: string | null;
  cause_alert_id: number | null;
  revision: number;
  alert_json: string;
}

interface AlertStoryTable {
  alert_id: number;
  n: number;
  event_id: number;
  at: string;
  kind: 'seen' | 'told' | 'done';
  text: string;
  actor: string;
  action_id: number | null;
}

interface SilencesTable {
  silence_id: number;
  server_id: string | null;
  tag: string | null;
  kind: AlertKind | null;
  subject: string | null;
  until: string;
  reason: string;
  created_at: string;
  created_by: string;
}

interface WatchedJobsTable {
  job_id: number;
  name: string;
  kind: 'backup' | 'job';
  every_ms: number;
  grace_ms: number;
  token_digest: string;
  last_ping_at: string | null;
  last_failure: string | null;
  created_at: string;
  created_by: string;
}
