import { pino } from 'pino';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub } from '../../test/hub-fixture.ts';
import { systemClock } from '../lib/clock.ts';
import { openStore } from '../store/open.ts';
import { startFollower } from './follower.ts';
import { EventLog } from './log.ts';

test('a follower that failed tries the same event again, and then goes on', async () => {
  using folder = disposableFolder();
  await using store = await openStore(folder.path);
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
  await using store = await openStore(folder.path);
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

test('the audit, a durable follower, misses nothing and keeps nothing twice across restarts of the hub', async () => {
  using folder = disposableFolder();
  for (let round = 0; round < 3; round += 1) {
    await using hub = await startTestHub({ dataDir: folder.path });
    await using agent = await connectAgent(hub, 'nas');
    agent.obey();
    await hub.orderRestart('nas', 'plex');
    await agent.frame('result_ack');
    // The hub ends with the newest facts not yet audited, or audited: either is fine.
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  const facts = hub.rows(
    `SELECT id AS event_id, type AS verb, actor FROM events WHERE type IN ('server.created', 'server.deleted')
     OR (type LIKE 'action.%' AND type <> 'action.progress') ORDER BY id`,
  );
  expect(facts).toHaveLength(1 + 3 * 5);
  await expect
    .poll(() => hub.rows('SELECT event_id, verb, actor FROM audit_entries ORDER BY id'))
    .toEqual(facts);
});

test('an audit that was wound back takes the same facts in without keeping them twice', async () => {
  using folder = disposableFolder();
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    await hub.addServer('nas');
    await hub.restart('nas', 'plex');
    await expect.poll(() => hub.rows('SELECT id FROM audit_entries')).toHaveLength(2);
    hub.write('DELETE FROM follower_cursors');
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  await hub.addServer('attic');
  await expect.poll(() => hub.rows('SELECT id FROM audit_entries')).toHaveLength(3);
  expect(hub.faults).toEqual([]);
});
