import { pino } from 'pino';
import { expect, test } from 'vitest';
import { disposableFolder } from '../../test/hub-fixture.ts';
import { openTestStore } from '../../test/store-access.ts';
import { systemClock } from '../lib/clock.ts';
import { startFollower } from './follower.ts';
import { EventLog } from './log.ts';

test('a follower that failed tries the same event again, and then goes on', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const log = await EventLog.open(store.db, systemClock);
  const lines: { msg: string; follower: string; after: number }[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const tried: number[] = [];
  let failures = 2;
  await using _follower = startFollower(
    log,
    {
      name: 'stumbling',
      after: 0,
      take: async (event) => {
        tried.push(event.id);
        if (event.id === 2 && failures > 0) {
          failures -= 1;
          throw new Error('not now');
        }
      },
    },
    logger,
  );
  for (let n = 0; n < 3; n += 1)
    await log.transaction((open) =>
      open.append({ type: 'server.deleted', serverId: 'nas', actor: 'test' }, async () => ({})),
    );
  await expect.poll(() => tried, { timeout: 5000 }).toEqual([1, 2, 2, 2, 3]);
  expect(lines.map(({ follower, after }) => [follower, after])).toEqual([
    ['stumbling', 1],
    ['stumbling', 1],
  ]);
});

test('a follower that is waiting to try again ends at once when it is told to', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const log = await EventLog.open(store.db, systemClock);
  let tried = 0;
  const follower = startFollower(
    log,
    {
      name: 'failing',
      after: 0,
      take: async () => {
        tried += 1;
        throw new Error('never');
      },
    },
    pino({ level: 'silent' }),
  );
  await log.transaction((open) =>
    open.append({ type: 'server.deleted', serverId: 'nas', actor: 'test' }, async () => ({})),
  );
  await expect.poll(() => tried).toBe(1);
  const beforeMs = performance.now();
  await follower[Symbol.asyncDispose]();
  expect(performance.now() - beforeMs).toBeLessThan(500);
});
