import { expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../../test/hub-fixture.ts';
import { openTestStore } from '../../../test/store-access.ts';
import { EventLog } from '../../events/log.ts';
import { nowOf } from '../../lib/clock.ts';
import { ensureBootstrapKey } from '../keys.ts';
import { lookAtSession, openSession, sessionOf } from './sessions.ts';

const OWNER = { keyId: 'bootstrap' };
const CALLER = { address: '192.0.2.7', userAgent: 'a browser' };
const DAY_MS = 86_400_000;

async function start() {
  const folder = disposableFolder();
  const store = await openTestStore(folder.path);
  const clock = new HeldClock();
  await ensureBootstrapKey(await EventLog.open(store.db, clock), 'x'.repeat(40));
  return {
    ...{ db: store.db, clock },
    open: () => openSession(store.db, nowOf(clock), OWNER, CALLER),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

test('sessions that are over are cleared away when another begins', async () => {
  await using store = await start();
  const { db, clock } = store;
  const old = await store.open();
  expect(await sessionOf(db, clock, old.secret)).toMatchObject({
    principal: { id: 'bootstrap', name: 'dashboard' },
  });
  clock.advance(14 * DAY_MS + 1);
  const next = await store.open();
  expect(await db.selectFrom('sessions').select('session_id').execute()).toEqual([
    { session_id: next.sessionId },
  ]);
  expect(await sessionOf(db, clock, old.secret)).toBeNull();
});

test('a session that nobody uses for three days is over, one that is used lasts fourteen', async () => {
  await using store = await start();
  const { db, clock } = store;
  const [used, idle] = [await store.open(), await store.open()];
  for (let day = 1; day < 14; day += 1) {
    clock.advance(DAY_MS);
    expect([day, (await sessionOf(db, clock, used.secret)) !== null]).toEqual([day, true]);
    // A page that is open and looks whether it still may be is no use.
    expect([day, (await lookAtSession(db, clock, idle.secret)) !== null]).toEqual([day, day < 3]);
  }
  clock.advance(DAY_MS);
  expect(await sessionOf(db, clock, used.secret)).toBeNull();
});
