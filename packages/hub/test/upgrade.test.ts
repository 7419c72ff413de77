import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Action, Server, Service } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { STORE_FILE } from '../src/store/open.ts';
import { homelabcmd } from './command-fixture.ts';
import { API_KEY, disposableFolder, HeldClock, startTestHub } from './hub-fixture.ts';

const OLD = readFileSync(resolve(import.meta.dirname, 'fixtures/store-0.1.0.sql'), 'utf8');
/** When the hub of the fixture was stopped. */
const STOPPED_MS = Date.parse('2026-01-03T09:00:03.000Z');
const EVERY_STATUS = [
  ...['abandoned', 'approved', 'cancelled', 'completed', 'dispatched', 'executing'],
  ...['expired', 'failed', 'pending', 'refused', 'rejected', 'unknown'],
];

function layOldStore(dataDir: string): void {
  using database = new DatabaseSync(join(dataDir, STORE_FILE));
  database.exec(OLD);
  database.exec('PRAGMA journal_mode = WAL');
}

/** Every row of the tables that a person's data is in, with the columns that both versions have. */
function dataOf(file: string): Record<string, unknown[]> {
  using database = new DatabaseSync(file, { readOnly: true });
  const read = (table: string, columns: string) =>
    database.prepare(`SELECT ${columns} FROM ${table} ORDER BY 1, 2`).all();
  return {
    servers: read('servers', '*'),
    services: read(
      'services',
      'server_id, target, service_name, expected, display_name, critical, enabled, report_json, observed_at, revision',
    ),
    actions: read('actions', '*'),
    steps: read('action_steps', '*'),
    events: read('events', '*'),
    audit: read('audit_entries', 'id, event_id, at, actor, verb, server_id, action_id, detail'),
    keys: read('api_keys', 'name, key_digest, created_at'),
    sessions: read('sessions', 'session_digest, created_at, expires_at'),
  };
}

test('a store of 0.1.0 is copied, brought up to date and served, with everything that was in it', async () => {
  using folder = disposableFolder();
  layOldStore(folder.path);
  const before = dataOf(join(folder.path, STORE_FILE));
  expect(before['actions']).toHaveLength(EVERY_STATUS.length);

  const environment = { HOMELABCMD_DATA_DIR: folder.path };
  const status = await homelabcmd(['migrate'], environment);
  expect(status.out).toMatch(/^done {2}0001-first\ndue {3}0002-/);
  const ran = await homelabcmd(['migrate', 'run'], environment);
  expect(ran.code).toBe(0);
  const copy = /kept as (\S+)/.exec(ran.out)?.[1] ?? '';
  expect(dataOf(copy)).toEqual(before);
  // What was there is as it was; tables may have gained columns.
  expect(dataOf(join(folder.path, STORE_FILE))).toMatchObject(before);
  expect((await homelabcmd(['migrate', 'run'], environment)).out).toBe(
    'There is nothing to do: the store is up to date.\n',
  );

  const verified = await homelabcmd(['audit', 'verify'], environment);
  expect([verified.code, verified.out]).toEqual([
    0,
    expect.stringMatching(/^The chain is whole: 43 entries\. Its head is 43:[0-9a-f]{64}\n$/),
  ]);

  const clock = new HeldClock(STOPPED_MS);
  await using hub = await startTestHub({ dataDir: folder.path, clock, apiKey: null });
  expect(hub.hub.newApiKey).toBeNull();
  const { body: actions } = await hub.call<{ actions: Action[] }>('GET', '/actions?limit=100');
  expect(actions.actions.map((action) => action.status).sort()).toEqual(EVERY_STATUS);
  for (const { action_id } of actions.actions) expect((await hub.action(action_id)).steps).not.toEqual([]);
  const { body: servers } = await hub.call<{ servers: Server[] }>('GET', '/servers');
  expect(servers.servers.map((server) => server.server_id).sort()).toEqual(['attic', 'media-01', 'nas']);
  const { body: services } = await hub.call<{ services: Service[] }>('GET', '/servers/media-01/services');
  expect(services.services.find(({ service_name }) => service_name === 'plex')).toMatchObject({
    display_name: 'Plex',
    critical: true,
    expected: true,
  });
  expect((await hub.server('attic')).maintenance).toMatchObject({ on: true, reason: 'being moved' });
  expect((await hub.restart('nas', 'smbd')).status).toBe(201);
  expect(hub.faults).toEqual([]);
});

test('a start does the same by itself: the copy is made, and it can be restored', async () => {
  using folder = disposableFolder();
  layOldStore(folder.path);
  const before = dataOf(join(folder.path, STORE_FILE));
  let copy: string | null;
  {
    const clock = new HeldClock(STOPPED_MS);
    await using hub = await startTestHub({ dataDir: folder.path, clock, apiKey: API_KEY });
    copy = hub.hub.backupFile;
    expect((await hub.restart('nas', 'smbd')).status).toBe(201);
  }
  const restored = await homelabcmd(['restore', copy ?? ''], { HOMELABCMD_DATA_DIR: folder.path });
  expect(restored.out).toContain(
    'It is of an older version: the next start of the hub brings it up to date.',
  );
  expect(dataOf(join(folder.path, STORE_FILE))).toEqual(before);
});

test('what the hub of 0.1.0 had not yet audited when it was killed is audited by the upgrade', async () => {
  using folder = disposableFolder();
  layOldStore(folder.path);
  const file = join(folder.path, STORE_FILE);
  const before = dataOf(file)['audit'];
  {
    using database = new DatabaseSync(file);
    database.exec('DROP TRIGGER audit_entries_are_kept');
    database.exec('DELETE FROM audit_entries WHERE event_id > 40');
    database.exec(`UPDATE follower_cursors SET event_id = 40 WHERE follower = 'audit'`);
  }
  expect((await homelabcmd(['migrate', 'run', '--data-dir', folder.path])).code).toBe(0);
  expect(dataOf(file)['audit']).toEqual(before);
  expect((await homelabcmd(['audit', 'verify', '--data-dir', folder.path])).code).toBe(0);
});
