import { AGENT_LINK_PATH } from '@homelabcmd/protocol';
import { type EnrolmentKey, readEnrolmentToken } from '@homelabcmd/protocol/link';

/** Where things are on this server, and whether the agent acts: what there is to know without a hub. */
export interface ServerConfig {
  stateDir: string;
  monitorOnly: boolean;
  allowFile: string;
  lockoutFile: string;
  probeTargetsFile: string;
  limitsFile: string;
  approversFile: string;
  /** Root's choice of what of the journal is shown, and the units that it is shown of. */
  logsFile: string;
  logsWatchedFile: string;
  restartSocket: string;
  journalSocket: string;
  ordersDir: string;
  /** What root's daily timer has found of updates. */
  updatesFile: string;
  /** Where systemd has the units of this server's administrator. */
  unitDir: string;
  dbusAddress: string;
}

export interface AgentConfig extends ServerConfig {
  /** The link's whole address: `ws://…` or `wss://…`. */
  linkUrl: string;
  /** Not needed any more once the hub knows this agent's key. */
  enrolmentToken: EnrolmentKey | null;
  /** The agent ends when its standard input does. */
  exitWithParent: boolean;
  logLevel: 'info' | 'warn' | 'error';
}

/** A setting that cannot be; the message is one sentence for the person who wrote it. */
export class ConfigError extends Error {}

export type Env = Readonly<Record<string, string | undefined>>;

/** The lists as the root-owned script reads them: it looks nowhere else. */
export const ALLOW_FILE = '/etc/homelabcmd/restart-allowed';
export const LOCKOUT_FILE = '/etc/homelabcmd/restart-allowed-lockout';

const textIn =
  (env: Env) =>
  (name: string, fallback: string): string =>
    env[name]?.trim() || fallback;

/** @throws ConfigError */
export function readConfig(env: Env): AgentConfig {
  const text = textIn(env);
  return {
    linkUrl: linkUrlOf(text('HOMELABCMD_HUB_URL', '')),
    enrolmentToken: tokenOf(text('HOMELABCMD_ENROLMENT_TOKEN', '')),
    ...readServerConfig(env),
    exitWithParent: onOrOff('HOMELABCMD_EXIT_WITH_PARENT', text('HOMELABCMD_EXIT_WITH_PARENT', 'off')),
    logLevel: levelOf(text('HOMELABCMD_LOG_LEVEL', 'info')),
  };
}

/** @throws ConfigError */
export function readServerConfig(env: Env): ServerConfig {
  const text = textIn(env);
  const path = (name: string, fallback: string) => {
    const value = text(name, fallback);
    if (!value.startsWith('/')) throw new ConfigError(`${name} must be an absolute path, not "${value}".`);
    return value;
  };
  return {
    stateDir: path('HOMELABCMD_STATE_DIR', '/var/lib/homelabcmd'),
    monitorOnly: onOrOff('HOMELABCMD_MONITOR_ONLY', text('HOMELABCMD_MONITOR_ONLY', 'off')),
    allowFile: path('HOMELABCMD_ALLOW_FILE', ALLOW_FILE),
    lockoutFile: path('HOMELABCMD_LOCKOUT_FILE', LOCKOUT_FILE),
    probeTargetsFile: path('HOMELABCMD_PROBE_TARGETS_FILE', '/etc/homelabcmd/probe-targets'),
    limitsFile: path('HOMELABCMD_LIMITS_FILE', '/etc/homelabcmd/limits'),
    approversFile: path('HOMELABCMD_APPROVERS_FILE', '/etc/homelabcmd/approvers'),
    logsFile: path('HOMELABCMD_LOGS_FILE', '/etc/homelabcmd/logs'),
    logsWatchedFile: path('HOMELABCMD_LOGS_WATCHED_FILE', '/etc/homelabcmd/logs-watched'),
    restartSocket: path('HOMELABCMD_RESTART_SOCKET', '/run/homelabcmd/restart.sock'),
    journalSocket: path('HOMELABCMD_JOURNAL_SOCKET', '/run/homelabcmd/journal.sock'),
    ordersDir: path('HOMELABCMD_ORDERS_DIR', '/var/lib/homelabcmd-orders'),
    updatesFile: path('HOMELABCMD_UPDATES_FILE', '/var/lib/homelabcmd-updates/updates.json'),
    unitDir: path('HOMELABCMD_UNIT_DIR', '/etc/systemd/system'),
    dbusAddress: busAddressOf(text('HOMELABCMD_DBUS_ADDRESS', 'unix:path=/run/dbus/system_bus_socket')),
  };
}

const SCHEMES: Partial<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};

/** Names and addresses by which a machine reaches itself and no other. */
const ITSELF = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The link's address on the hub at `hubUrl`, which may be written as `http(s)` or `ws(s)`, with a path before it. */
export function linkUrlOf(hubUrl: string): string {
  if (hubUrl === '')
    throw new ConfigError('HOMELABCMD_HUB_URL is missing: set it to the address of the hub.');
  const url = URL.parse(hubUrl);
  const scheme = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || scheme === undefined || url.hostname === '')
    throw new ConfigError(
      'HOMELABCMD_HUB_URL must look like https://hub.example.org or https://192.168.1.10:8080.',
    );
  if (url.username !== '' || url.password !== '')
    throw new ConfigError('HOMELABCMD_HUB_URL must not hold a name or a password.');
  if (scheme === 'ws:' && !ITSELF.test(url.hostname))
    throw new ConfigError(
      `HOMELABCMD_HUB_URL must begin with https:// (or wss://): what goes to ${url.hostname} in clear can be read on the way.`,
    );
  const base = url.pathname.replace(/\/+$/, '');
  const path = base.endsWith(AGENT_LINK_PATH) ? base : base + AGENT_LINK_PATH;
  return `${scheme}//${url.host}${path}`;
}

function tokenOf(text: string): EnrolmentKey | null {
  if (text === '') return null;
  const token = readEnrolmentToken(text);
  if (token === null)
    throw new ConfigError(
      'HOMELABCMD_ENROLMENT_TOKEN must be a whole token as the hub gave it: hlce_…_…. Make a new one on the hub.',
    );
  return token;
}

function onOrOff(name: string, value: string): boolean {
  if (value === 'on') return true;
  if (value === 'off') return false;
  throw new ConfigError(`${name} must be on or off, not "${value}".`);
}

function busAddressOf(value: string): string {
  if (/^unix:(?:path|abstract)=[^,;]+$/.test(value)) return value;
  throw new ConfigError('HOMELABCMD_DBUS_ADDRESS must look like unix:path=/run/dbus/system_bus_socket.');
}

function levelOf(value: string): AgentConfig['logLevel'] {
  if (value === 'info' || value === 'warn' || value === 'error') return value;
  throw new ConfigError(`HOMELABCMD_LOG_LEVEL must be info, warn or error, not "${value}".`);
}
