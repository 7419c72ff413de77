import {
  type AgentFrame,
  type HubFrame,
  NO_READINGS,
  type OrderResult,
  type ServerFacts,
  type ServiceReport,
} from '@homelabcmd/protocol';

/** An order that nobody has given. */
export const ORDER_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const HASH = 'ab'.repeat(32);
const AT = '2026-01-01T00:00:00.000Z';

export const FACTS: ServerFacts = {
  ...{
    hostname: 'nas',
    os: 'Debian GNU/Linux 12',
    kernel: '6.1.0',
    architecture: 'x64',
    cpu_count: 4,
    memory_total_bytes: 8e9,
  },
  ...{
    addresses: ['192.0.2.7'],
    boot_id: 'b0071d00000000000000000000000001',
    booted_at: AT,
    agent_version: '0.1.0',
  },
  ...{ systemd_version: '252', systemd_problem: null, monitor_only: false, keeps_audit_heads: true },
};

const report = (unit: string): ServiceReport => ({
  ...{
    unit,
    description: 'It plays',
    status: 'running',
    state_class: 'running',
    load_state: 'loaded',
    active_state: 'active',
  },
  ...{
    sub_state: 'running',
    result: 'success',
    since: AT,
    pid: 100,
    restarts: 0,
    invocation_id: 'a'.repeat(32),
  },
  ...{
    memory_bytes: 1000,
    cpu_percent: 1,
    restartable: { allowed: true, reason: '', fix_command: null },
    also_restarts: [],
  },
  ...{
    unit_type: 'simple',
    unit_file: `/etc/systemd/system/${unit}`,
    unit_file_state: 'enabled',
    probe: null,
    why: null,
  },
});

export const RESULT: OrderResult = {
  ...{
    outcome: 'completed',
    code: null,
    detail: 'It runs again.',
    exit_code: 0,
    output: '',
    before: null,
    after: null,
  },
  ...{ ran_ms: 20, elapsed_ms: 40, journal: [] },
};

const SERVICES: AgentFrame = {
  ...{ v: 2, type: 'services', complete: false },
  reports: [report('plex.service'), report('web.service')],
};
const PROGRESS: AgentFrame = {
  ...{ v: 2, type: 'order_progress', order_id: ORDER_ID, step: 'started', elapsed_ms: 1, detail: 'so' },
};
const OUTCOME: AgentFrame = { v: 2, type: 'order_result', order_id: ORDER_ID, result: RESULT };
const HEADS: AgentFrame = {
  ...{ v: 2, type: 'heads', query_id: 9, total: 1 },
  heads: [{ entry: 3, hash: HASH, order_id: ORDER_ID, at: AT }],
};
const METRICS: AgentFrame = {
  ...{ v: 2, type: 'metrics' },
  sample: {
    ...NO_READINGS,
    ...{ cpu_percent: 3, load_1m: 1, load_5m: 1, load_15m: 1, memory_used_bytes: 1, memory_total_bytes: 2 },
    ...{ uptime_seconds: 1, disks: [{ mount: '/', used_bytes: 1, total_bytes: 2 }] },
  },
  services: [{ unit: 'plex.service', pid: 100, memory_bytes: 5, cpu_percent: 1 }],
};

const times = (count: number, frame: AgentFrame): AgentFrame[] => Array.from({ length: count }, () => frame);

const SPOOLED: AgentFrame = {
  ...{ v: 2, type: 'spooled', batch: 1, told_at: AT },
  readings: [{ at: AT, samples: 6, sample: NO_READINGS }],
};

/** What an agent says once it is in. What makes the hub write to its disk, and so wait for it, comes less often. */
export const FROM_AGENT: readonly [AgentFrame, ...AgentFrame[]] = [
  ...([SERVICES, PROGRESS, PROGRESS, OUTCOME, OUTCOME] as const),
  ...[SPOOLED, ...times(10, HEADS), ...times(44, METRICS)],
];

/** What a hub says once the agent is in. A goodbye and what belongs to the greeting end a link, and are played apart. */
export const FROM_HUB: readonly [HubFrame, ...HubFrame[]] = [
  { v: 2, type: 'result_ack', order_id: ORDER_ID },
  { v: 2, type: 'query', order_ids: [ORDER_ID] },
  { v: 2, type: 'query_heads', query_id: 5, limit: 3 },
  { v: 2, type: 'query_spool' },
  { v: 2, type: 'spool_ack', batch: 3 },
  { v: 2, type: 'expected', expected: [{ unit: 'plex.service', probe: null }] },
  {
    v: 2,
    type: 'order',
    order: {
      ...{
        order_id: ORDER_ID,
        action_id: 1,
        kind: 'restart_service',
        verb: 'restart',
        target: 'systemd:nginx.service',
      },
      ...{ ttl_ms: 60_000, settle_ms: 0, probe: null, digest: HASH, expect: null },
    },
  },
];
