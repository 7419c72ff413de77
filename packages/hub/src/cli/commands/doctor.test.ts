import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { API_KEY, disposableFolder, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';
import type { Finding } from '../doctor/check.ts';

interface Report {
  readonly healthy: boolean;
  readonly checks: Finding[];
  readonly settings: { name: string; value: string | null; from: string }[];
}

async function examine(environment: Record<string, string>) {
  const { code, out } = await homelabcmd(['doctor', '--json'], environment);
  const report = JSON.parse(out) as Report;
  const of = (name: string) => report.checks.find((check) => check.name === name);
  return { code, out, of, ...report };
}

const settingsOf = (hub: TestHub) => ({
  HOMELABCMD_DATA_DIR: hub.dataDir,
  HOMELABCMD_PORT: new URL(hub.url).port,
});

test('of a hub that runs well, every line is ok, and no secret is in the report', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const settings = { ...settingsOf(hub), HOMELABCMD_API_KEY: API_KEY, HOMELABCMD_EVENT_RETENTION_DAYS: '7' };
  const report = await examine(settings);
  const bad = report.checks.filter(
    ({ name, state }) => state !== 'ok' && name !== 'Parts' && name !== 'Free space',
  );
  expect(bad).toEqual([]);
  expect(report.of('Hub')?.detail).toBe(`runs and answers at ${hub.url}`);
  expect(report.of('Store')?.detail).toMatch(/^whole, schema \d{4}-\S+, 1 events so far$/);
  expect(report.of('Event log')?.detail).toMatch(/^events are kept for 7 days .*; 1 now, the oldest of /);
  expect(report.settings).toContainEqual({
    name: 'HOMELABCMD_API_KEY',
    value: 'hidden',
    from: 'environment',
  });
  expect(report.out).not.toContain(API_KEY);
  const { out } = await homelabcmd(['doctor'], settings);
  expect(out).toMatch(/^ok {4}Node\.js {6}24\./);
  expect(out).toContain('HOMELABCMD_EVENT_RETENTION_DAYS=7  (environment)');
});

test('a key of the hub that others may read or that is gone is a warning, and one that is broken a failure', async () => {
  await using hub = await startTestHub();
  const key = join(hub.dataDir, 'hub-key');
  chmodSync(key, 0o644);
  expect((await examine(settingsOf(hub))).of('Hub key')).toMatchObject({
    ...{ state: 'warn', todo: `chmod 600 ${key}` },
  });
  chmodSync(key, 0o600);
  writeFileSync(key, 'torn');
  expect((await examine(settingsOf(hub))).of('Hub key')).toMatchObject({
    ...{ state: 'fail', detail: expect.stringContaining('holds no key that can be read') },
  });
  rmSync(key);
  expect((await examine(settingsOf(hub))).of('Hub key')).toMatchObject({
    ...{ state: 'warn', detail: expect.stringContaining('is not there, though a hub has run here') },
  });
  expect(existsSync(key)).toBe(false);
});

test('a port that something else has is a failure, with what to do', async () => {
  using folder = disposableFolder();
  const taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const settings = { HOMELABCMD_DATA_DIR: folder.path, HOMELABCMD_PORT: String(port) };
  const report = await examine(settings);
  expect(report.code).toBe(1);
  expect(report.of('Hub')).toMatchObject({
    state: 'fail',
    detail: `does not run, and port ${port} of 127.0.0.1 is taken by something else`,
    todo: 'Stop what uses it, or choose another with HOMELABCMD_PORT.',
  });
  await new Promise((resolve) => taken.close(resolve));
  expect((await examine(settings)).of('Hub')?.detail).toBe(`does not run; port ${port} of 127.0.0.1 is free`);
});

test('a hub that was started on another port is noticed', async () => {
  await using hub = await startTestHub();
  const report = await examine({ HOMELABCMD_DATA_DIR: hub.dataDir, HOMELABCMD_PORT: '1' });
  expect(report.of('Hub')).toMatchObject({ state: 'fail', detail: expect.stringContaining('no answer') });
});

test.each<[string, string, (dataDir: string) => void, Partial<Finding>]>([
  [
    'a store with rows that hang in the air',
    'Store',
    (dataDir) => {
      using database = new DatabaseSync(join(dataDir, 'homelabcmd.db'), {
        enableForeignKeyConstraints: false,
      });
      database.exec(`INSERT INTO enrolment_tokens VALUES ('d', 'nobody', 'now', 'later')`);
    },
    { state: 'fail', detail: 'it is damaged: a row of enrolment_tokens names no row of servers' },
  ],
  [
    'a file that is no store',
    'Store',
    (dataDir) => writeFileSync(join(dataDir, 'homelabcmd.db'), 'pictures '.repeat(100)),
    { state: 'fail', detail: expect.stringContaining('file is not a database') },
  ],
  [
    'events of tomorrow',
    'Clock',
    (dataDir) => {
      using database = new DatabaseSync(join(dataDir, 'homelabcmd.db'));
      database.exec(`UPDATE events SET at = '2999-01-01T00:00:00.000Z'`);
    },
    { state: 'fail', detail: expect.stringContaining('but the newest event is of 2999-01-01') },
  ],
  [
    'a folder that everyone may enter',
    'Data folder',
    (dataDir) => chmodSync(dataDir, 0o755),
    { state: 'warn', todo: expect.stringContaining('chmod 700 ') },
  ],
  [
    'a settings file with a key in it that everyone may read',
    'Settings',
    (dataDir) => {
      writeFileSync(join(dataDir, 'homelabcmd.conf'), `HOMELABCMD_API_KEY=${API_KEY}\n`);
      chmodSync(join(dataDir, 'homelabcmd.conf'), 0o644);
    },
    { state: 'warn', todo: expect.stringContaining('chmod 640 ') },
  ],
  [
    'a setting that cannot be used',
    'Settings',
    (dataDir) => writeFileSync(join(dataDir, 'homelabcmd.conf'), 'HOMELABCMD_HSOT=::1\n'),
    { state: 'fail', detail: expect.stringContaining('Did you mean HOMELABCMD_HOST?') },
  ],
])('%s is found', async (_, name, spoil, finding) => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
  }
  spoil(folder.path);
  const report = await examine({ HOMELABCMD_DATA_DIR: folder.path, HOMELABCMD_PORT: '0' });
  expect(report.of(name)).toMatchObject(finding);
  const isFailure = finding.state === 'fail';
  if (isFailure) expect([report.code, report.healthy]).toEqual([1, false]);
});

test('it says how the hub is reached, and warns of a proxy that does not answer', async () => {
  using folder = disposableFolder();
  const settings = { HOMELABCMD_DATA_DIR: folder.path, HOMELABCMD_PORT: '0' };
  const everywhere = await examine({ ...settings, HOMELABCMD_HOST: '0.0.0.0' });
  expect(everywhere.of('Address')).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^https:/) });
  const good = { ...settings, HOMELABCMD_PUBLIC_URL: 'https://hub.example.org' };
  expect((await examine(good)).of('Address')?.state).toBe('ok');
  await using hub = await startTestHub({ basePath: '/homelab' });
  const behind = {
    ...settingsOf(hub),
    HOMELABCMD_BASE_PATH: '/homelab',
    HOMELABCMD_PUBLIC_URL: 'http://127.0.0.1:1',
  };
  expect((await examine(behind)).of('Address')).toMatchObject({
    state: 'warn',
    detail: expect.stringContaining('no answer'),
  });
  const right = { ...behind, HOMELABCMD_PUBLIC_URL: new URL(hub.url).origin };
  expect((await examine(right)).of('Address')?.state).toBe('ok');
});
