/** What became of each service: only `service-history/` writes these. */
export interface ServiceHistoryTables {
  /** One row for each time that a service was found to be otherwise; as old as the event log at most. */
  service_changes: ServiceChangesTable;
  /** How each service is, and since when that has yet to be counted. */
  service_spells: ServiceSpellsTable;
  /** For how long of each day, in UTC, an expected service was how. */
  service_days: ServiceDaysTable;
}

/** `not_counted`: nobody expects it, or it is paused. */
export type SpellState = 'running' | 'down' | 'unknown' | 'not_counted';

interface ServiceChangesTable {
  event_id: number;
  server_id: string;
  target: string;
  at: string;
  status: string;
  state_class: string | null;
  /** `null` where no probe asks. */
  is_answering: number | null;
  /** The action that was open then. */
  action_id: number | null;
  /** Without the journal's lines. */
  why_json: string | null;
}

interface ServiceSpellsTable {
  server_id: string;
  target: string;
  /** What a change is told by. */
  seen: string;
  /** As its agent said last. */
  reported: SpellState;
  /** As it is counted: `unknown` while its server is silent. */
  counted_as: SpellState;
  since: string;
}

interface ServiceDaysTable {
  server_id: string;
  target: string;
  /** `2026-01-31` */
  day: string;
  running_ms: number;
  down_ms: number;
  unknown_ms: number;
}
