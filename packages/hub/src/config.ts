import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '@homelabcmd/protocol';
import type { z } from 'zod';
import { readConfigFile } from './config-file.ts';
import { findProductFiles } from './product-files.ts';
import { SETTING_NAMES, SETTINGS, type Setting, type SettingName } from './settings/settings.ts';

const OUR_PREFIX = 'HOMELABCMD_';
const CONFIG_FILE = 'homelabcmd.conf';

/** What the commands take that ask a hub. The hub itself passes over them: both may be at home on one machine. */
export const CLIENT_SETTINGS = [
  'HOMELABCMD_HUB_URL',
  'HOMELABCMD_KEY_FILE',
  'HOMELABCMD_HUB_AUTHORITY',
] as const;
export type ClientSetting = (typeof CLIENT_SETTINGS)[number];

/** Each of these has to be longer than the other, or what it stands for would never come about. */
const LONGER_THAN = [
  ['HOMELABCMD_OFFLINE_AFTER_MS', 'HOMELABCMD_STALE_AFTER_MS'],
  ['HOMELABCMD_EXECUTING_LEASE_MS', 'HOMELABCMD_SETTLE_MS'],
  ['HOMELABCMD_METRICS_10MIN_DAYS', 'HOMELABCMD_METRICS_1MIN_DAYS'],
  ['HOMELABCMD_METRICS_1H_DAYS', 'HOMELABCMD_METRICS_10MIN_DAYS'],
] as const;

const CLIENT_NAMES: ReadonlySet<string> = new Set(CLIENT_SETTINGS);

type Values = {
  [N in SettingName]:
    | z.output<(typeof SETTINGS)[N]['type']>
    | ((typeof SETTINGS)[N]['byDefault'] extends null ? null : never);
};

/** Text by name; `undefined` and the empty text both mean that it is absent. */
export type GivenSettings = Readonly<Record<string, string | undefined>>;

/** Where a value came from, for a person who wonders why it is what it is. */
export interface SettingOrigin {
  readonly name: SettingName;
  /** As it was written; `null` when it is absent, `hidden` when it is a secret. */
  readonly shown: string | null;
  readonly from: 'command line' | 'environment' | 'file' | 'default';
}

export interface LoadedConfig {
  readonly config: HubConfig;
  /** The settings file that was read, or `null`. */
  readonly file: string | null;
  readonly origins: readonly SettingOrigin[];
}

export type HubConfig = ReturnType<typeof configOf>;

/** What the hub itself runs by. */
export type HubSettings = Omit<HubConfig, 'hasLocalAgent' | 'logLevel'>;

/** A setting that cannot be used; the message names it and says what to do. */
export class ConfigError extends Error {}

/** The settings from the environment alone. @throws ConfigError */
export function readConfig(environment: GivenSettings): HubConfig {
  refuseUnknown(ofHub(environment));
  return configOf(valuesOf(present(environment)));
}

/**
 * The settings from the command line, the environment and the settings file, in this order: the first that has one
 * counts. @throws ConfigError
 */
export function loadConfig(flags: GivenSettings, environment: GivenSettings): LoadedConfig {
  refuseUnknown(ofHub(environment));
  const above = { ...present(environment), ...present(flags) };
  const file = findFile(above);
  const inFile = file === null ? {} : settingsIn(file, above['HOMELABCMD_CONFIG'] === undefined);
  const all = { ...inFile, ...above };
  const values = valuesOf(all);
  const origins = SETTING_NAMES.map((name): SettingOrigin => {
    const { byDefault, isSecret }: Setting = SETTINGS[name];
    const text = all[name] ?? byDefault;
    return { name, shown: isSecret && text !== null ? 'hidden' : text, from: originOf(name) };
  });
  return { config: configOf(values), file, origins };

  function originOf(name: SettingName): SettingOrigin['from'] {
    if (present(flags)[name] !== undefined) return 'command line';
    if (above[name] !== undefined) return 'environment';
    return inFile[name] === undefined ? 'default' : 'file';
  }
}

/** The file that was named, which has to be there; or the one in the data folder, which need not. */
function findFile(given: Record<string, string>): string | null {
  const named = given['HOMELABCMD_CONFIG'];
  if (named !== undefined) return resolve(named);
  const inDataDir = join(
    resolve(given['HOMELABCMD_DATA_DIR'] ?? SETTINGS.HOMELABCMD_DATA_DIR.byDefault),
    CONFIG_FILE,
  );
  return existsSync(inDataDir) ? inDataDir : null;
}

function settingsIn(file: string, wasFoundByDataDir: boolean): Record<string, string> {
  const read = readConfigFile(file);
  if ('problems' in read) throw new ConfigError(read.problems.join('\n'));
  refuseUnknown(read.values, ` (in ${file})`);
  const values = present(read.values);
  if (values['HOMELABCMD_CONFIG'] !== undefined)
    throw new ConfigError(`HOMELABCMD_CONFIG: The settings file ${file} cannot name another one.`);
  if (wasFoundByDataDir && values['HOMELABCMD_DATA_DIR'] !== undefined) {
    throw new ConfigError(
      `HOMELABCMD_DATA_DIR: ${file} lies in the data folder and cannot move it. Name the folder in the environment, or the file with --config.`,
    );
  }
  return values;
}

const ofHub = (environment: GivenSettings): GivenSettings =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !CLIENT_NAMES.has(name)));

/** A name of ours that we do not know is a slip of the pen, and would otherwise be without effect and without a word. */
function refuseUnknown(given: GivenSettings, place = ''): void {
  const known = new Set<string>(SETTING_NAMES);
  const lines = Object.keys(given)
    .filter((name) => name.startsWith(OUR_PREFIX) && !known.has(name) && given[name] !== '')
    .filter((name) => given[name] !== undefined)
    .map((name) => {
      const meant = nearest(name, SETTING_NAMES);
      const advice = meant === null ? 'Take it out.' : `Did you mean ${meant}?`;
      return `${name}: There is no such setting${place}. ${advice}`;
    });
  if (lines.length > 0) throw new ConfigError(lines.join('\n'));
}

function present(given: GivenSettings): Record<string, string> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries) as Record<string, string>;
}

function valuesOf(given: Record<string, string>): Values {
  const problems: string[] = [];
  const entries = SETTING_NAMES.map((name) => {
    const { type, byDefault }: Setting = SETTINGS[name];
    const text = given[name] ?? byDefault;
    if (text === null) return [name, null];
    const parsed = type.safeParse(text);
    if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => `${name}: ${issue.message}.`));
    return [name, parsed.data];
  });
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const values = Object.fromEntries(entries) as Values;
  for (const [longer, shorter] of LONGER_THAN) {
    if (values[longer] <= values[shorter])
      throw new ConfigError(`${longer}: Use more than ${shorter}, which is ${values[shorter]}.`);
  }
  return values;
}

function configOf(settings: Values) {
  const basePath = settings.HOMELABCMD_BASE_PATH;
  const { agentBundle, agentReleaseDir, dashboardDir, deployDir } = findProductFiles();
  return {
    host: settings.HOMELABCMD_HOST,
    port: settings.HOMELABCMD_PORT,
    dataDir: resolve(settings.HOMELABCMD_DATA_DIR),
    /** Where the store is; `null` for SQLite in the data folder. */
    databaseUrl: settings.HOMELABCMD_DATABASE_URL,
    apiKey: settings.HOMELABCMD_API_KEY,
    hasLocalAgent: settings.HOMELABCMD_LOCAL_AGENT,
    logLevel: settings.HOMELABCMD_LOG_LEVEL,
    liveness: {
      staleAfterMs: settings.HOMELABCMD_STALE_AFTER_MS,
      offlineAfterMs: settings.HOMELABCMD_OFFLINE_AFTER_MS,
    },
    timing: {
      settleMs: settings.HOMELABCMD_SETTLE_MS,
      pendingTtlMs: settings.HOMELABCMD_PENDING_TTL_MS,
      approvedTtlMs: settings.HOMELABCMD_APPROVED_TTL_MS,
      orderTtlMs: settings.HOMELABCMD_ORDER_TTL_MS,
      dispatchedLeaseMs: settings.HOMELABCMD_DISPATCHED_LEASE_MS,
      executingLeaseMs: settings.HOMELABCMD_EXECUTING_LEASE_MS,
    },
    /** Whose word on who asks and how is taken. */
    trustedProxies: settings.HOMELABCMD_TRUSTED_PROXIES ?? [],
    tls: tlsOf(settings),
    oidc: oidcOf(settings),
    /** Hosts that the hub may ask by itself, beyond the internet. */
    outgoingHosts: settings.HOMELABCMD_OUTGOING_HOSTS ?? [],
    eventRetentionDays: settings.HOMELABCMD_EVENT_RETENTION_DAYS,
    /** For how long readings are kept in steps of each length. */
    metricsKeptMs: {
      '10s': settings.HOMELABCMD_METRICS_10S_HOURS * 3_600_000,
      '1min': settings.HOMELABCMD_METRICS_1MIN_DAYS * 86_400_000,
      '10min': settings.HOMELABCMD_METRICS_10MIN_DAYS * 86_400_000,
      '1h': settings.HOMELABCMD_METRICS_1H_DAYS * 86_400_000,
    },
    /** Empty, or where the hub lives on its host: `/homelab`. */
    basePath,
    /** Where people and agents reach the hub, base path included; `null` when nobody has said. */
    publicUrl: publicUrlOf(settings.HOMELABCMD_PUBLIC_URL, basePath),
    /** What servers get. */
    agentFiles: {
      releaseDir: agentReleaseDir,
      installScript: join(deployDir, 'install-from-hub.sh'),
    },
    /** What runs on this machine. */
    agentBundle,
    dashboardDir: dashboardDir as string | null,
  };
}

/** The certificate that a person brings; `null` without one. */
function tlsOf(settings: Values) {
  const certificateFile = settings.HOMELABCMD_TLS_CERTIFICATE_FILE;
  const keyFile = settings.HOMELABCMD_TLS_KEY_FILE;
  if (certificateFile !== null && keyFile !== null) return { certificateFile, keyFile };
  if (certificateFile !== null)
    throw new ConfigError('HOMELABCMD_TLS_KEY_FILE: Name the key of the certificate too.');
  if (keyFile !== null)
    throw new ConfigError('HOMELABCMD_TLS_CERTIFICATE_FILE: Name the certificate of the key too.');
  return null;
}

/** The single sign-on; `null` without one. */
function oidcOf(settings: Values) {
  const issuer = settings.HOMELABCMD_OIDC_ISSUER;
  if (issuer === null) return null;
  return {
    issuer,
    clientId: settings.HOMELABCMD_OIDC_CLIENT_ID,
    clientSecret: settings.HOMELABCMD_OIDC_CLIENT_SECRET,
    label: settings.HOMELABCMD_OIDC_LABEL,
    roleClaim: settings.HOMELABCMD_OIDC_ROLE_CLAIM,
    roles: settings.HOMELABCMD_OIDC_ROLES,
  };
}

/** The base path may be left out of the address, but there is no other path that the hub could live at. */
function publicUrlOf(given: URL | null, basePath: string): string | null {
  if (given === null) return null;
  const path = given.pathname.replace(/\/+$/, '');
  if (path !== '' && path !== basePath) {
    throw new ConfigError(
      `HOMELABCMD_PUBLIC_URL: Its path is ${path}; set HOMELABCMD_BASE_PATH to the same, or leave the path out.`,
    );
  }
  return given.origin + basePath;
}
