import { RecentMetrics } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { disposableFolder, HeldClock, startTestHub } from '../../../test/hub-fixture.ts';
import { storedCells } from '../../../test/metrics/fixture.ts';
import { databaseOf, emptyDatabaseOf } from '../../../test/postgres/databases.ts';
import { openTestStore } from '../../../test/store-access.ts';
import { openStore } from '../open.ts';
import { openDatabase } from '../postgres/open.ts';
import type { Store } from '../schema.ts';
import { migrations } from './index.ts';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-01-01T11:55:00.000Z');
const timeAt = (ms: number) => new Date(ms).toISOString();

/** A store as it was before, with a mean a minute of a quarter of an hour. */
async function layStore(dataDir: string): Promise<void> {
  const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0015'));
  const url = databaseOf(dataDir) === null ? null : emptyDatabaseOf(dataDir);
  await using store = url === null ? await openStore(dataDir, before) : await openDatabase(url, before);
  const db: Store = store.db;
  await sql`INSERT INTO servers VALUES ('nas', NULL, '[]', 'offline', ${timeAt(0)}, NULL, NULL, '{"on":false,"until":null,"reason":null}', ${timeAt(0)}, 1)`.execute(
    db,
  );
  for (let n = 0; n < 15; n += 1) {
    const cpu = n === 7 ? null : n + 0.1;
    await sql`INSERT INTO metric_minutes VALUES ('nas', ${timeAt(START_MS + n * MINUTE_MS)}, ${cpu}, 40.5, NULL)`.execute(
      db,
    );
  }
}

test('the means of the last day are carried over, and the longer steps are made out of them', async () => {
  using folder = disposableFolder();
  await layStore(folder.path);
  const clock = new HeldClock(START_MS + 59 * MINUTE_MS);
  {
    await using hub = await startTestHub({ dataDir: folder.path, clock });
    const recent = RecentMetrics.parse((await hub.call('GET', '/metrics/recent')).body);
    const [line] = recent.servers;
    expect(recent.from).toBe(timeAt(START_MS));
    expect(line?.cpu_percent.slice(0, 16)).toEqual([
      ...[0.1, 1.1, 2.1, 3.1, 4.1, 5.1, 6.1, null, 8.1, 9.1, 10.1, 11.1, 12.1, 13.1, 14.1, null],
    ]);
    expect(line?.memory_percent[14]).toBe(40.5);
    expect(line?.disk_percent.every((point) => point === null)).toBe(true);
  }
  await using store = await openTestStore(folder.path);
  const minutes = Object.values(await storedCells(store, 'nas', MINUTE_MS));
  expect(minutes).toHaveLength(14);
  const hours = Object.values(await storedCells(store, 'nas', 60 * MINUTE_MS));
  // The hour that runs is yet to be made.
  expect(hours).toEqual([{ count: 30, sum: 6 * (10 + 110 + 210 + 310 + 410), min: 10, max: 410 }]);
  expect(Object.keys(await storedCells(store, 'nas', 10 * MINUTE_MS))).toHaveLength(2);
});
