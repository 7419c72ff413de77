import { HubInfo } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { API_KEY, disposableFolder, HeldClock, startTestHub, type TestHub } from '../../test/hub-fixture.ts';
import { isOnPostgres } from '../../test/postgres/databases.ts';
import { migrations } from '../store/migrations/index.ts';

const infoOf = async (hub: TestHub): Promise<HubInfo> => HubInfo.parse((await hub.call('GET', '/hub')).body);

test('the hub says what runs here, and what the store holds', async () => {
  const clock = new HeldClock(Date.parse('2026-01-01T00:00:00.000Z'));
  await using hub = await startTestHub({ clock, eventRetentionDays: 12 });
  expect(await infoOf(hub)).toMatchObject({
    version: '0.1.0',
    started_at: '2026-01-01T00:00:00.000Z',
    node_version: process.versions.node,
    store: { engine: isOnPostgres() ? 'postgresql' : 'sqlite', schema: Object.keys(migrations).at(-1) },
    events: { total: 0, oldest_at: null, retention_days: 12 },
    servers: 0,
    actions: 0,
  });
  clock.advance(1000);
  await hub.addServer('nas');
  await hub.addServer('attic');
  await hub.restart('nas', 'plex');
  expect(await infoOf(hub)).toMatchObject({
    started_at: '2026-01-01T00:00:00.000Z',
    events: { total: 3, oldest_at: '2026-01-01T00:00:01.000Z' },
    servers: 2,
    actions: 1,
  });
  await hub.call('DELETE', '/servers/nas');
  expect(await infoOf(hub)).toMatchObject({ servers: 1, actions: 0, events: { total: 4 } });
});

test('it says which certificate it shows, where it shows one', async () => {
  await using plain = await startTestHub();
  expect((await infoOf(plain)).tls).toBeNull();
  await using hub = await startTestHub({ host: '0.0.0.0' });
  const answer = await fetch(`${hub.hub.localUrl}/api/v1/hub`, { headers: { 'x-api-key': API_KEY } });
  const { tls } = HubInfo.parse(await answer.json());
  expect(tls).toMatchObject({ is_own: true, fingerprint: hub.hub.certificateFingerprint });
  expect(Date.parse(tls?.ends_at ?? '')).toBeGreaterThan(Date.now());
});

test('the store is as large as it says, and its engine is as new as is needed', async () => {
  await using hub = await startTestHub();
  const { store } = await infoOf(hub);
  const [engine, version, bytes] = isOnPostgres()
    ? ['postgresql', /^18\.\d+/, 'SELECT pg_database_size(current_database()) AS bytes']
    : [
        'sqlite',
        /^3\.\d+\.\d+$/,
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      ];
  expect(store).toMatchObject({ engine, engine_version: expect.stringMatching(version) });
  const [size] = hub.rows<{ bytes: number }>(bytes);
  expect(store.size_bytes).toBe(size?.bytes);
});

test('nothing of the machine is told: no path, no key, no name of a user', async () => {
  using folder = disposableFolder();
  await using hub = await startTestHub({ dataDir: folder.path });
  const { text } = await hub.call('GET', '/hub');
  for (const word of [folder.path, process.execPath, 'hlck_', process.env.HOME ?? '/root'])
    expect(text).not.toContain(word);
});
