import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

test('without any setting, the hub listens on this machine alone and approves nothing by itself', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    apiKey: null,
    hasLocalAgent: true,
    logLevel: 'info',
    liveness: { staleAfterMs: 30_000, offlineAfterMs: 180_000 },
    timing: { pendingTtlMs: 86_400_000, approvedTtlMs: 300_000, settleMs: 10_000 },
  });
});

test('an empty variable counts as absent', () => {
  expect(readConfig({ HOMELABCMD_PORT: '', HOMELABCMD_API_KEY: '' })).toEqual(readConfig({}));
});

test('a relative data folder is taken from where the hub was started', () => {
  expect(readConfig({ HOMELABCMD_DATA_DIR: 'here' }).dataDir).toBe(`${process.cwd()}/here`);
});

test('space around a key is not part of it, since nobody could sign in with it', () => {
  const key = 'k'.repeat(32);
  expect(readConfig({ HOMELABCMD_API_KEY: ` ${key}\n` }).apiKey).toBe(key);
});

test.each([
  ['HOMELABCMD_PORT', 'eighty'],
  ['HOMELABCMD_PORT', '65536'],
  ['HOMELABCMD_PORT', '-1'],
  ['HOMELABCMD_PORT', '80.5'],
  ['HOMELABCMD_PORT', '0x50'],
  ['HOMELABCMD_PORT', ' '],
  ['HOMELABCMD_DATABASE_URL', 'mysql://db/homelab'],
  ['HOMELABCMD_DATABASE_URL', 'homelab.db'],
  ['HOMELABCMD_DATABASE_URL', 'postgres://db'],
  ['HOMELABCMD_DATABASE_URL', 'postgres://db:port/homelab'],
  ['HOMELABCMD_API_KEY', 'short'],
  ['HOMELABCMD_API_KEY', `  ${'k'.repeat(31)}  `],
  ['HOMELABCMD_API_KEY', 'k'.repeat(501)],
  ['HOMELABCMD_LOCAL_AGENT', 'true'],
  ['HOMELABCMD_LOG_LEVEL', 'loud'],
  ['HOMELABCMD_SETTLE_MS', '-1'],
  ['HOMELABCMD_SETTLE_MS', '600001'],
  ['HOMELABCMD_STALE_AFTER_MS', '0'],
  ['HOMELABCMD_OFFLINE_AFTER_MS', '10 s'],
  ['HOMELABCMD_OFFLINE_AFTER_MS', '30000'],
  ['HOMELABCMD_PENDING_TTL_MS', '1e12'],
  ['HOMELABCMD_APPROVED_TTL_MS', 'NaN'],
  ['HOMELABCMD_ORDER_TTL_MS', 'Infinity'],
  ['HOMELABCMD_DISPATCHED_LEASE_MS', '1.5'],
  ['HOMELABCMD_EXECUTING_LEASE_MS', '0'],
  ['HOMELABCMD_EXECUTING_LEASE_MS', '10000'],
])('%s=%j is refused with a sentence that names the variable', (name, value) => {
  const refused = () => readConfig({ [name]: value });
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(new RegExp(`^${name}: .{12,}[.]$`));
});

test('all that is wrong is said at once', () => {
  const wrong = { HOMELABCMD_PORT: 'x', HOMELABCMD_LOG_LEVEL: 'x', HOMELABCMD_API_KEY: 'x' };
  expect(() => readConfig(wrong)).toThrow(/PORT: .*\n.*API_KEY: .*\n.*LOG_LEVEL: /);
});
