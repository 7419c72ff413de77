import { isIP } from 'node:net';
import { SETTLE_MAX_MS } from '@homelabcmd/protocol';
import { z } from 'zod';
import { isLoopback } from '../lib/net/loopback.ts';
import { METRIC_SETTINGS } from './metric-settings.ts';
import { OIDC_SETTINGS } from './oidc-settings.ts';
import { OUTGOING_SETTINGS } from './outgoing-settings.ts';
import { TLS_SETTINGS } from './tls-settings.ts';
import { whole } from './whole.ts';

/** One setting: what it may be, what it is when nobody says, and what a person is told of it. */
export interface Setting<T = unknown> {
  /** Reads the text of the environment or of the settings file. */
  readonly type: z.ZodType<T>;
  /** What may be written, in words. */
  readonly values: string;
  /** The text that counts when there is none; `null` for a setting that may be absent. */
  readonly byDefault: string | null;
  /** What happens while it is absent, for a setting without a default. */
  readonly whenAbsent?: string;
  readonly means: string;
  /** Never printed. */
  readonly isSecret?: true;
}

/** An address, or an address with the length of a prefix. */
function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = isIP(address) === 4 ? 32 : 128;
  if (isIP(address) === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) > 0 && Number(length) <= bits);
}

const LONGEST_MS = 365 * 86_400_000;
const milliseconds = (byDefaultMs: number, means: string) => ({
  type: whole(1, LONGEST_MS),
  values: 'milliseconds, at most a year',
  byDefault: String(byDefaultMs),
  means,
});

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting of the hub, by its name in the environment and in the settings file. The reference is made from this. */
export const SETTINGS = {
  HOMELABCMD_HOST: {
    type: z.string().min(1),
    values: 'an address of this machine',
    byDefault: '127.0.0.1',
    means:
      'Address to listen on. On anything but loopback the hub speaks https to your network, on the same port; plain http is for this machine and for listed proxies alone.',
  },
  HOMELABCMD_PORT: {
    type: whole(0, 65_535),
    values: '0 to 65535',
    byDefault: '8080',
    means: 'Port to listen on; `0` takes a free one.',
  },
  HOMELABCMD_BASE_PATH: {
    type: z
      .string()
      .regex(/^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/, 'Use a path like /homelab')
      .transform((path) => path.replace(/\/$/, '')),
    values: 'a path like `/homelab`',
    byDefault: '',
    means: 'Where the hub lives on its host, when a reverse proxy gives it a folder and not the whole host.',
  },
  HOMELABCMD_PUBLIC_URL: {
    type: z
      .string()
      .regex(
        // What this lets through needs no quotes in a shell: the line that people paste on a server holds it.
        /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/,
        'Use an address like https://hub.example.org, without a name, a password, ? or # in it',
      )
      .refine((text) => URL.canParse(text), 'Use an address like https://hub.example.org')
      .transform((text) => new URL(text))
      .refine(
        ({ protocol, hostname }) => protocol === 'https:' || isLoopback(hostname),
        'Use https://: agents and browsers on other machines reach the hub by nothing else',
      ),
    values: 'an address like `https://hub.example.org`',
    byDefault: null,
    whenAbsent: 'the address by which a page was asked for',
    means:
      'Where people and agents reach the hub, when that is not where it listens. Its path, if it has one, is `HOMELABCMD_BASE_PATH`. Passkeys are for its host name.',
  },
  HOMELABCMD_TRUSTED_PROXIES: {
    type: z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .pipe(
        z.array(
          z
            .string()
            .refine(
              isNetwork,
              'Use addresses or networks like 127.0.0.1, 10.0.0.0/8, with commas between them',
            ),
        ),
      ),
    values: 'addresses or networks, like `127.0.0.1, 10.0.0.0/8`',
    byDefault: null,
    whenAbsent: 'no proxy is believed',
    means:
      'The reverse proxies that are believed when they say who asks and how (`X-Forwarded-For`, `-Proto`, `-Host`). Nobody else is: whoever could say that would be from wherever they like.',
  },
  ...TLS_SETTINGS,
  ...OIDC_SETTINGS,
  ...OUTGOING_SETTINGS,
  HOMELABCMD_DATA_DIR: {
    type: z.string().min(1),
    values: 'a folder',
    byDefault: './data',
    means:
      "Folder for the store, its backups and the local agent's state. One hub holds it at a time. A relative path starts where the command was started.",
  },
  HOMELABCMD_CONFIG: {
    type: z.string().min(1),
    values: 'a file',
    byDefault: null,
    whenAbsent: '`homelabcmd.conf` in the data folder, if it is there',
    means: 'The settings file. It can only be named in the environment or with `--config`.',
  },
  HOMELABCMD_DATABASE_URL: {
    type: z
      .string()
      .regex(/^postgres(ql)?:\/\//i, {
        error:
          'Use an address like postgres://user:password@host:5432/homelabcmd, or leave it unset for SQLite in the data folder',
        abort: true,
      })
      .refine((text) => URL.canParse(text) && /^\/[^/]/.test(new URL(text).pathname), {
        error: 'Name the database in the address, like postgres://user:password@host:5432/homelabcmd',
      }),
    values: 'an address like `postgres://user:password@host:5432/homelabcmd`',
    byDefault: null,
    whenAbsent: 'SQLite in the data folder',
    means:
      'The PostgreSQL database (17 or newer) that holds the store, instead of SQLite. One hub holds it at a time; add `?sslmode=verify-full` where the way to it is not yours.',
    isSecret: true,
  },
  HOMELABCMD_API_KEY: {
    type: z.string().trim().min(32, 'Use at least 32 characters').max(500),
    values: '32 to 500 characters',
    byDefault: null,
    whenAbsent: 'made on the first start, printed once',
    means: 'The bootstrap admin key. Setting another one replaces it and ends its sessions.',
    isSecret: true,
  },
  HOMELABCMD_LOCAL_AGENT: {
    type: z.enum(['on', 'off']).transform((word) => word === 'on'),
    values: '`on` or `off`',
    byDefault: 'on',
    means: "Watch the hub's own machine. That agent can never restart anything.",
  },
  HOMELABCMD_LOG_LEVEL: {
    type: z.enum(LOG_LEVELS),
    values: LOG_LEVELS.map((level) => `\`${level}\``).join(', '),
    byDefault: 'info',
    means: 'One JSON line per entry, on standard output.',
  },
  HOMELABCMD_SETTLE_MS: {
    type: whole(0, SETTLE_MAX_MS),
    values: 'milliseconds, at most 10 min',
    byDefault: '10000',
    means:
      'How long a restarted service must stay up to count as restarted. Less than `HOMELABCMD_EXECUTING_LEASE_MS`.',
  },
  HOMELABCMD_STALE_AFTER_MS: milliseconds(30_000, 'A server that is silent this long is stale.'),
  HOMELABCMD_OFFLINE_AFTER_MS: milliseconds(
    180_000,
    'A server that is silent this long is offline. More than `HOMELABCMD_STALE_AFTER_MS`.',
  ),
  HOMELABCMD_PENDING_TTL_MS: milliseconds(
    86_400_000,
    'A request that nobody decides expires after this (24 h).',
  ),
  HOMELABCMD_APPROVED_TTL_MS: milliseconds(
    300_000,
    'An approval that cannot be delivered expires after this (5 min).',
  ),
  HOMELABCMD_ORDER_TTL_MS: milliseconds(
    60_000,
    'An agent does not start an order that reached it longer ago than this, by its own clock.',
  ),
  HOMELABCMD_DISPATCHED_LEASE_MS: milliseconds(
    90_000,
    'No answer to an order for this long: its outcome is unknown.',
  ),
  HOMELABCMD_EXECUTING_LEASE_MS: milliseconds(
    300_000,
    'No further word of a started order for this long: its outcome is unknown. A minute more once the service is up, since its probe may be asked then.',
  ),
  HOMELABCMD_EVENT_RETENTION_DAYS: {
    type: whole(1, 3650),
    values: 'days, 1 to 3650',
    byDefault: '30',
    means:
      'Events older than this are removed from the log. The audit and the actions with their time lines are kept.',
  },
  ...METRIC_SETTINGS,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];
