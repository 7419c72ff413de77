import { expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../test/hub-fixture.ts';
import { openTestStore } from '../../test/store-access.ts';
import { EventLog } from '../events/log.ts';
import { ensureBootstrapKey } from './keys.ts';
import { closeSession, openSession, principalOfSession } from './sessions.ts';

const PRINCIPAL = { name: 'dashboard', role: 'admin', keyId: 'bootstrap' } as const;

test('a key that was revoked after it was looked at opens no session, and that is no fault', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const opening = openSession(store.db, new HeldClock(), { ...PRINCIPAL, keyId: 'key_revoked' });
  await expect(opening).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('sessions that are over are cleared away when another begins', async () => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  const clock = new HeldClock();
  await ensureBootstrapKey(await EventLog.open(store.db, clock), 'x'.repeat(40));
  const old = await openSession(store.db, clock, PRINCIPAL);
  expect(await principalOfSession(store.db, clock, old.secret)).toMatchObject({ principal: PRINCIPAL });
  clock.advance(14 * 86_400_000 + 1);
  const next = await openSession(store.db, clock, PRINCIPAL);
  expect(await store.db.selectFrom('sessions').select('expires_at').execute()).toEqual([
    { expires_at: next.expiresAt },
  ]);
  expect(await principalOfSession(store.db, clock, old.secret)).toBeNull();
  await closeSession(store.db, next.secret);
  expect(await principalOfSession(store.db, clock, next.secret)).toBeNull();
});
