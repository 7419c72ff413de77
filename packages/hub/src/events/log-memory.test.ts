import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { systemClock } from '../lib/clock.ts';
import { openStore } from '../store/open.ts';
import { EventLog } from './log.ts';

/** Appends facts, `atOnce` of them in one transaction. */
async function fill(log: EventLog, count: number, atOnce = 100): Promise<void> {
  for (let n = 0; n < count; n += atOnce)
    await log.transaction(async (open) => {
      for (let m = n; m < Math.min(count, n + atOnce); m += 1)
        await open.append({ type: 'server.deleted', serverId: `s${m}`, actor: 'test' }, async () => ({}));
    });
}

test('waiting for 8000 events one by one keeps no memory of having waited', { timeout: 60_000 }, async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  using folder = disposableFolder();
  await using store = await openStore(folder.path);
  const log = await EventLog.open(store.db, systemClock);
  // This test is about memory; without the disk it is quick.
  await sql`PRAGMA synchronous = OFF`.execute(store.db);
  const usedBytes = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const stop = new AbortController();
  let last = 0;
  const following = (async () => {
    for await (const event of log.follow(0, stop.signal)) last = event.id;
  })();
  // First the log's own memory of recent events fills, and the engine's of code that runs often.
  await fill(log, 6000);
  await fill(log, 2000, 1);
  const before = usedBytes();
  await fill(log, 8000, 1);
  await expect.poll(() => last).toBe(16_000);
  expect(usedBytes() - before).toBeLessThan(1e6);
  stop.abort();
  await following;
});
