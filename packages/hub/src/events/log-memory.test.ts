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

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const usedBytes = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

test('waiting for 8000 events one by one keeps no memory of having waited', { timeout: 60_000 }, async () => {
  using folder = disposableFolder();
  await using store = await openStore(folder.path);
  const log = await EventLog.open(store.db, systemClock);
  // This test is about memory; without the disk it is quick.
  await sql`PRAGMA synchronous = OFF`.execute(store.db);
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

test('4000 followers that came and went leave nothing behind, also where nothing happens', {
  timeout: 60_000,
}, async () => {
  using folder = disposableFolder();
  await using store = await openStore(folder.path);
  const log = await EventLog.open(store.db, systemClock);
  const comeAndGo = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const stop = new AbortController();
      const next = log.follow(log.head, stop.signal).next();
      // It has read that there is nothing, and waits.
      await new Promise(setImmediate);
      stop.abort();
      await next;
    }
  };
  await comeAndGo(2000);
  const before = usedBytes();
  await comeAndGo(4000);
  expect(usedBytes() - before).toBeLessThan(5e5);
});
