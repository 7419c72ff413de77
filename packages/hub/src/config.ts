import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The folder of the product: a checkout, or an unpacked release. Both hold `deploy/` and the `dist/` of each package. */
const PRODUCT_DIR = resolve(import.meta.dirname, '../../..');

const OnOff = z.enum(['on', 'off']).transform((word) => word === 'on');
const whole = (least: number, most: number, byDefault: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'Use a whole number, without a unit')
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .default(byDefault);
const milliseconds = (byDefault: number) => whole(1, 365 * 86_400_000, byDefault);

/** Every setting of the hub, by the name of its environment variable. Nothing else reads the environment. */
const Environment = z.object({
  HOMELABCMD_HOST: z.string().min(1).default('127.0.0.1'),
  HOMELABCMD_PORT: whole(0, 65_535, 8080),
  HOMELABCMD_BASE_PATH: z
    .string()
    .regex(/^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/, 'Use a path like /homelab')
    .transform((path) => path.replace(/\/$/, ''))
    .default(''),
  HOMELABCMD_PUBLIC_URL: z
    .string()
    .regex(
      // What this lets through needs no quotes in a shell: the line that people paste on a server holds it.
      /^https?:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/,
      'Use an address like https://hub.example.org, without a name, a password, ? or # in it',
    )
    .refine((text) => URL.canParse(text), 'Use an address like https://hub.example.org')
    .transform((text) => new URL(text))
    .optional(),
  HOMELABCMD_DATA_DIR: z.string().min(1).default('./data'),
  HOMELABCMD_DATABASE_URL: z
    .string()
    .refine(() => false, 'This version keeps its data in SQLite only; leave it unset')
    .optional(),
  HOMELABCMD_API_KEY: z.string().trim().min(32, 'Use at least 32 characters').max(500).optional(),
  HOMELABCMD_LOCAL_AGENT: OnOff.default(true),
  HOMELABCMD_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info'),
  HOMELABCMD_SETTLE_MS: whole(0, 600_000, 10_000),
  HOMELABCMD_STALE_AFTER_MS: milliseconds(30_000),
  HOMELABCMD_OFFLINE_AFTER_MS: milliseconds(180_000),
  HOMELABCMD_PENDING_TTL_MS: milliseconds(86_400_000),
  HOMELABCMD_APPROVED_TTL_MS: milliseconds(300_000),
  HOMELABCMD_ORDER_TTL_MS: milliseconds(60_000),
  HOMELABCMD_DISPATCHED_LEASE_MS: milliseconds(90_000),
  HOMELABCMD_EXECUTING_LEASE_MS: milliseconds(300_000),
  HOMELABCMD_EVENT_RETENTION_DAYS: whole(1, 3650, 30),
});

/** Each of these has to be longer than the other, or the hub could never say what the other stands for. */
const LONGER_THAN = [
  ['HOMELABCMD_OFFLINE_AFTER_MS', 'HOMELABCMD_STALE_AFTER_MS'],
  ['HOMELABCMD_EXECUTING_LEASE_MS', 'HOMELABCMD_SETTLE_MS'],
] as const;

export type HubConfig = ReturnType<typeof readConfig>;

/** A setting that cannot be used; the message names it and says what to do. */
export class ConfigError extends Error {}

/** The settings from the environment. An empty variable counts as absent. @throws ConfigError */
export function readConfig(environment: Record<string, string | undefined>) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`);
    throw new ConfigError(lines.join('\n'));
  }
  const settings = parsed.data;
  for (const [longer, shorter] of LONGER_THAN) {
    if (settings[longer] <= settings[shorter])
      throw new ConfigError(`${longer}: Use more than ${shorter}, which is ${settings[shorter]}.`);
  }
  const basePath = settings.HOMELABCMD_BASE_PATH;
  return {
    host: settings.HOMELABCMD_HOST,
    port: settings.HOMELABCMD_PORT,
    dataDir: resolve(settings.HOMELABCMD_DATA_DIR),
    apiKey: settings.HOMELABCMD_API_KEY ?? null,
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
    eventRetentionDays: settings.HOMELABCMD_EVENT_RETENTION_DAYS,
    /** Empty, or where the hub lives on its host: `/homelab`. */
    basePath,
    /** Where people and agents reach the hub, base path included; `null` when nobody has said. */
    publicUrl: publicUrlOf(settings.HOMELABCMD_PUBLIC_URL, basePath),
    agentFiles: {
      deployDir: join(PRODUCT_DIR, 'deploy'),
      agentBundle: join(PRODUCT_DIR, 'packages/agent/dist/agent.mjs'),
      nodeProgram: process.execPath,
    },
    dashboardDir: join(PRODUCT_DIR, 'packages/dashboard/dist') as string | null,
  };
}

/** The base path may be left out of the address, but there is no other path that the hub could live at. */
function publicUrlOf(given: URL | undefined, basePath: string): string | null {
  if (given === undefined) return null;
  const path = given.pathname.replace(/\/+$/, '');
  if (path !== '' && path !== basePath) {
    throw new ConfigError(
      `HOMELABCMD_PUBLIC_URL: Its path is ${path}; set HOMELABCMD_BASE_PATH to the same, or leave the path out.`,
    );
  }
  return given.origin + basePath;
}
