import { resolve } from 'node:path';
import { z } from 'zod';

const OnOff = z.enum(['on', 'off']).transform((word) => word === 'on');
const milliseconds = (byDefault: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(365 * 86_400_000)
    .default(byDefault);

/** Every setting of the hub, by the name of its environment variable. Nothing else reads the environment. */
const Environment = z.object({
  HOMELABCMD_HOST: z.string().min(1).default('127.0.0.1'),
  HOMELABCMD_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  HOMELABCMD_DATA_DIR: z.string().min(1).default('./data'),
  HOMELABCMD_DATABASE_URL: z
    .string()
    .refine(() => false, 'This version keeps its data in SQLite only; leave it unset')
    .optional(),
  HOMELABCMD_API_KEY: z.string().min(32, 'Use at least 32 characters').max(500).optional(),
  HOMELABCMD_LOCAL_AGENT: OnOff.default(true),
  HOMELABCMD_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info'),
  HOMELABCMD_SETTLE_MS: z.coerce.number().int().min(0).max(600_000).default(10_000),
  HOMELABCMD_STALE_AFTER_MS: milliseconds(30_000),
  HOMELABCMD_OFFLINE_AFTER_MS: milliseconds(180_000),
  HOMELABCMD_PENDING_TTL_MS: milliseconds(86_400_000),
  HOMELABCMD_APPROVED_TTL_MS: milliseconds(300_000),
  HOMELABCMD_ORDER_TTL_MS: milliseconds(60_000),
  HOMELABCMD_DISPATCHED_LEASE_MS: milliseconds(90_000),
  HOMELABCMD_EXECUTING_LEASE_MS: milliseconds(300_000),
});

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
    /** The built dashboard, beside this package. */
    dashboardDir: resolve(import.meta.dirname, '../../dashboard/dist') as string | null,
  };
}
