import { z } from 'zod';
import { Probe, ProbeReport } from './probe.ts';
import { Circumstances } from './services/circumstances.ts';
import { capped, ServerId, ServiceName, Timestamp } from './text.ts';
import { Why } from './why.ts';

/** What a service is doing, in the product's own words; systemd's words stand beside it. */
export const ServiceStatus = z.enum([
  'running',
  'stopped',
  'failed',
  'activating',
  'deactivating',
  'reloading',
  'unknown',
  'not_found',
]);
export type ServiceStatus = z.infer<typeof ServiceStatus>;

/**
 * The part of a service's state that an approval rests on. `crash_loop`: systemd keeps starting it and it keeps
 * ending. An order is carried out only while the service is still in the class that the approver saw.
 */
export const StateClass = z.enum(['running', 'down', 'crash_loop']);
export type StateClass = z.infer<typeof StateClass>;

/** Whether the server itself lets this service be restarted, in its own words. */
export const Restartable = z.object({
  allowed: z.boolean(),
  /** A sentence: why not, or an empty text. */
  reason: capped(500),
  /** What root types on that server to allow it; `null` when nothing would help. */
  fix_command: capped(500).nullable(),
});
export type Restartable = z.infer<typeof Restartable>;

/** A unit that systemd restarts along with the one asked for. */
export const AlsoRestarts = z.object({
  unit: capped(255),
  /** The property that says so: `RequiredBy`, `BoundBy`, `ConsistsOf`, … */
  relation: capped(32),
  active: z.boolean(),
});

/** One service as its agent sees it now. Sent whole whenever anything but its usage changed. */
export const ServiceReport = z.object({
  /** systemd's `Id`: the canonical unit name, aliases resolved. It is shown as a service name, so it must be able to be one. */
  unit: ServiceName,
  description: capped(500),
  status: ServiceStatus,
  state_class: StateClass,
  load_state: capped(64),
  active_state: capped(64),
  sub_state: capped(64),
  result: capped(64),
  /** When it entered its present state, by the server's clock. */
  since: Timestamp.nullable(),
  pid: z.int().nonnegative().nullable(),
  /** Times that systemd itself started it again (`NRestarts`). */
  restarts: z.int().nonnegative(),
  invocation_id: capped(64),
  memory_bytes: z.number().nonnegative().nullable(),
  cpu_percent: z.number().nonnegative().nullable(),
  restartable: Restartable,
  also_restarts: z.array(AlsoRestarts).max(100),
  /** systemd's `Type`: `simple`, `oneshot`, `dbus`, …; empty where the unit is not loaded. */
  unit_type: capped(32).default(''),
  /** Where the unit is written (`FragmentPath`), and whether it starts at boot (`UnitFileState`). */
  unit_file: capped(500).default(''),
  unit_file_state: capped(32).default(''),
  /** `null` where nobody asked for a probe. */
  probe: ProbeReport.nullable().default(null),
  /** Absent: the agent is older, and does not say. */
  circumstances: Circumstances.optional(),
  /** Present while it is stopped or failed; the journal lines may follow in a later report. */
  why: Why.nullable(),
});
export type ServiceReport = z.infer<typeof ServiceReport>;

/** Memory and processor use of one running service, sent with each metrics sample. */
export const ServiceUsage = z.object({
  unit: capped(255),
  pid: z.int().nonnegative().nullable(),
  memory_bytes: z.number().nonnegative().nullable(),
  /** Per cent of one processor. */
  cpu_percent: z.number().nonnegative().nullable(),
});
export type ServiceUsage = z.infer<typeof ServiceUsage>;

/** What a policy is doing about a service that is, or was, down. */
export const ServiceAutomation = z.object({
  policy: z.string(),
  /** It waits before it asks, an action is open, the service is well again, or it has given up. */
  state: z.enum(['waiting', 'acting', 'resting', 'stopped']),
  tries: z.int().nonnegative(),
  /** Why it gave up. */
  because: z.string().nullable(),
});

/** One service of one server: what is expected and what was observed, in one. */
export const Service = z.object({
  server_id: ServerId,
  /** As a person typed it, or the unit's short name where nobody did. */
  service_name: ServiceName,
  target: z.string(),
  display_name: z.string().nullable(),
  description: z.string(),
  expected: z.boolean(),
  critical: z.boolean(),
  enabled: z.boolean(),
  status: ServiceStatus,
  state_class: StateClass.nullable(),
  load_state: z.string().nullable(),
  active_state: z.string().nullable(),
  sub_state: z.string().nullable(),
  result: z.string().nullable(),
  since: Timestamp.nullable(),
  pid: z.int().nullable(),
  memory_bytes: z.number().nullable(),
  cpu_percent: z.number().nullable(),
  restarts: z.int().nullable(),
  invocation_id: z.string().nullable(),
  why: Why.nullable(),
  open_action_id: z.int().nullable(),
  /** `null` where no policy is doing anything about it. */
  automation: ServiceAutomation.nullable(),
  restartable: Restartable,
  also_restarts: z.array(AlsoRestarts),
  unit_type: z.string().nullable(),
  unit_file: z.string().nullable(),
  unit_file_state: z.string().nullable(),
  /** So long may it be down before that counts as needing somebody. */
  grace_seconds: z.int().default(0),
  /** Since when its finding has needed somebody, by the hub's clock; `null` while it is well. */
  unwell_since: Timestamp.nullable().default(null),
  /** What the agent asks of the service while it runs, or `null`. */
  probe: Probe.nullable(),
  /** What came of it; `null` until the agent has said. */
  probe_report: ProbeReport.nullable(),
  /** What is to be said of it, in one sentence: made by the hub, so that nobody else has to know all sentences. */
  says: z.string().optional(),
  /** Absent: the agent is older, or has not said yet. */
  circumstances: Circumstances.optional(),
  observed_at: Timestamp.nullable(),
  /** The server has been silent: this is the last that was known, not what is. */
  stale: z.boolean(),
  /** Id of the event that brought this state; a larger one is newer. */
  revision: z.int(),
});
export type Service = z.infer<typeof Service>;

/** A status in which a restart is offered by a button that stands there waiting. */
export const isDown = (status: ServiceStatus): boolean => status === 'stopped' || status === 'failed';

/** systemd says that it runs, and its probe gets no good answer. */
export const isNotAnswering = (service: Pick<Service, 'status' | 'probe' | 'probe_report'>): boolean =>
  service.status === 'running' && service.probe !== null && service.probe_report?.verdict === 'not_answering';
