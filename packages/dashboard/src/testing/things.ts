import {
  type Action,
  type Alert,
  type AlertStoryEntry,
  type DiscoveredService,
  type LiveEvent,
  type Role,
  SCOPES_OF_ROLE,
  findingSentence,
  type Server,
  type Service,
  type Session,
  type Why,
  targetOf,
} from '@homelabcmd/protocol';

/** A moment on which nothing depends. */
export const AT = '2026-11-22T09:36:12.408Z';

export const aWhy = (over: Partial<Why> = {}): Why => ({
  invocation_id: '5c1e07d2a9b84f7c8f60b1d23e9a4471',
  result: 'signal',
  exit_code: null,
  signal: 9,
  signal_name: 'SIGKILL',
  oom: false,
  start_limit_hit: false,
  main_pid: 2841,
  memory_peak_bytes: null,
  stopped_at: AT,
  ran_for_ms: 33 * 60_000,
  restart_setting: 'no',
  will_retry: false,
  journal: [],
  ...over,
});

export const aServer = (over: Partial<Server> = {}): Server => ({
  server_id: 'media-01',
  display_name: null,
  tags: [],
  liveness: 'online',
  liveness_since: AT,
  last_seen_at: AT,
  facts: {
    hostname: 'media-01',
    os: 'Debian 13 (trixie)',
    kernel: '6.12.41-amd64',
    architecture: 'x86_64',
    cpu_count: 8,
    memory_total_bytes: 16 * 2 ** 30,
    addresses: ['10.0.20.11'],
    boot_id: 'boot',
    booted_at: AT,
    agent_version: '0.1.0',
    systemd_version: '257',
    systemd_problem: null,
    monitor_only: false,
  },
  maintenance: { on: false, until: null, reason: null },
  created_at: AT,
  revision: 1,
  ...over,
});

export const aService = (over: Partial<Service> = {}): Service => {
  const name = over.service_name ?? 'plex';
  const service = {
    server_id: 'media-01',
    service_name: name,
    target: targetOf(name),
    display_name: null,
    description: '',
    expected: true,
    critical: false,
    enabled: true,
    status: 'running',
    state_class: 'running',
    load_state: 'loaded',
    active_state: 'active',
    sub_state: 'running',
    result: 'success',
    since: AT,
    pid: 914,
    memory_bytes: 2 ** 20,
    cpu_percent: 1,
    restarts: 0,
    invocation_id: 'i',
    why: null,
    open_action_id: null,
    automation: null,
    restartable: { allowed: true, reason: '', fix_command: null },
    also_restarts: [],
    unit_type: 'simple',
    unit_file: `/etc/systemd/system/${name}.service`,
    unit_file_state: 'enabled',
    probe: null,
    grace_seconds: 0,
    unwell_since: null,
    probe_report: null,
    observed_at: AT,
    stale: false,
    revision: 1,
    ...over,
  } satisfies Service;
  return { ...service, says: findingSentence(service) };
};

export const aFailedService = (over: Partial<Service> = {}): Service =>
  aService({
    status: 'failed',
    state_class: 'down',
    active_state: 'failed',
    pid: null,
    why: aWhy(),
    ...over,
  });

export const aDiscovered = (over: Partial<DiscoveredService> = {}): DiscoveredService => ({
  ...aService({ expected: false, ...over }),
  rank: 'made_here',
  rank_reason: 'set up on this server',
  ...over,
});

export const anAction = (over: Partial<Action> = {}): Action => {
  const name = over.service_name ?? 'plex';
  return {
    action_id: 42,
    order_id: '01939b1e-7c2a-7b1c-9f3a-0a1b2c3d4e5f',
    action_type: 'restart_service',
    server_id: 'media-01',
    service_name: name,
    target: targetOf(name),
    command: `systemctl restart ${name}`,
    verb: 'restart',
    status: 'pending',
    version: 0,
    revision: 10,
    digest: 'the-digest',
    expect: { state_class: 'down', boot_id: 'boot', invocation_id: 'i' },
    created_at: AT,
    created_by: 'admin',
    expires_at: new Date(Date.now() + 24 * 3_600_000).toISOString(),
    approved_at: null,
    approved_by: null,
    self_approved: false,
    decided_by: null,
    reason: null,
    cancel_requested_by: null,
    finished_at: null,
    result: null,
    why: aWhy(),
    also_restarts: [],
    budget: { ran_last_hour: 0, warn_at: 3, limit: 20 },
    verifying_since: null,
    settle_ms: 10_000,
    steps: [{ step: 'pending', at: AT, actor: 'admin', detail: 'asked for it', elapsed_ms: null }],
    ...over,
  };
};

const said = (id: number, server_id: string) => ({ id, at: AT, server_id, actor: 'hub' });

export const serviceChanged = (id: number, service: Service): LiveEvent => ({
  ...said(id, service.server_id),
  type: 'service.changed',
  data: { service: { ...service, revision: id } },
});

export const serverChanged = (id: number, server: Server): LiveEvent => ({
  ...said(id, server.server_id),
  type: 'server.changed',
  data: { server: { ...server, revision: id } },
});

export const serverDeleted = (id: number, serverId: string): LiveEvent => ({
  ...said(id, serverId),
  type: 'server.deleted',
  data: {},
});

export const actionTold = (
  id: number,
  type: Extract<LiveEvent['type'], `action.${string}`>,
  action: Action,
): LiveEvent =>
  ({ ...said(id, action.server_id), type, data: { action: { ...action, revision: id } } }) as LiveEvent;

export const anAlert = (over: Partial<Alert> = {}): Alert => ({
  alert_id: 5,
  kind: 'service_down',
  severity: 'critical',
  state: 'firing',
  server_id: 'media-01',
  subject: 'plex',
  title: 'plex failed on media-01',
  detail: 'It was killed by SIGKILL.',
  lines: [],
  measured: null,
  since: AT,
  fired_at: AT,
  resolved_at: null,
  acknowledged: null,
  suppressed: null,
  silenced: null,
  held_back: 0,
  flapping: false,
  came_back: 0,
  repeats: 0,
  escalated_at: null,
  action_id: null,
  revision: 1,
  ...over,
});

export const anEntry = (over: Partial<AlertStoryEntry> = {}): AlertStoryEntry => ({
  event_id: 10,
  at: AT,
  kind: 'seen',
  text: 'plex failed.',
  actor: 'agent:media-01',
  action_id: null,
  ...over,
});

export const alertTold = (id: number, alert: Alert): LiveEvent => ({
  ...{ id, at: AT, server_id: alert.server_id, actor: 'hub' },
  type: 'alert.changed',
  data: { alert: { ...alert, revision: id } },
});

/** Somebody who may do everything is signed in. */
export const A_SESSION = {
  principal: {
    ...{ name: 'admin', kind: 'person', user_id: 'usr_admin', role: 'admin', has_totp: false },
    proves_by: ['password'],
    scopes: ['read', 'request', 'approve', 'admin'],
  },
  hub: { version: '0.1.0' },
  expires_at: null,
  proved_at: AT,
  is_to_set_up: false,
  oidc_label: null,
  passkey_host: null,
} as const satisfies Session;

/** Somebody of another role is signed in, by name. */
export const sessionOf = (role: Role, over: Partial<OwnPrincipal> = {}): Session => ({
  ...A_SESSION,
  principal: {
    ...A_SESSION.principal,
    proves_by: ['password'],
    role,
    scopes: [...SCOPES_OF_ROLE[role]],
    ...over,
  },
});
type OwnPrincipal = NonNullable<Session['principal']>;

/** Nobody is. */
export const NOBODY = {
  ...{ principal: null, hub: null, expires_at: null, proved_at: null },
  is_to_set_up: false,
  oidc_label: null,
  passkey_host: null,
} as const satisfies Session;
