/** The tables of policies and guards. */
export interface GuardTables {
  fleet_freeze: FreezeTable;
  automation_halt: { id: 'fleet'; since: string | null; reason: string | null };
  incidents: IncidentsTable;
  policies: PoliciesTable;
  /** Who took a rule of two people away, and where: the two of them count as one there from then on. */
  two_person_lifts: { lifted_by: string; scope: string; at: string };
}

/** One row. `is_told` is 0 from when the command line changed it until the running hub has told of it. */
interface FreezeTable {
  id: 'fleet';
  is_on: number;
  reason: string | null;
  changed_by: string | null;
  changed_at: string | null;
  is_told: number;
}

/** What automation is doing about a service that is down. */
interface IncidentsTable {
  server_id: string;
  target: string;
  policy_name: string;
  state: 'waiting' | 'acting' | 'resting' | 'stopped';
  tries: number;
  /** While waiting: when the next try is due. While resting: when the incident is over. */
  due_at: string | null;
  action_id: number | null;
  /** Why it stopped. */
  reason: string | null;
  opened_at: string;
}

interface PoliciesTable {
  name: string;
  /** `null` for the whole fleet. */
  server_id: string | null;
  service_name: string | null;
  target: string | null;
  /** `fleet`, `server <id>` or `service <id> <target>`: what it is about, as one text. */
  scope: string;
  mode: 'manual' | 'auto' | 'two_person';
  expires_at: string | null;
  hours_json: string | null;
  is_shadow: number;
  is_remediating: number;
  wait_ms: number;
  changed_at: string;
  changed_by: string;
  paused_at: string | null;
  paused_because: string | null;
  noted_at: string | null;
  note: string | null;
}
