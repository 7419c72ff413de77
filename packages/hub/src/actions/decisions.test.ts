import { expect, test } from 'vitest';
import { DEFAULT_TIMING } from '../../test/hub-fixture.ts';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { abandon, approve, cancel, reject } from './decide.ts';

/** Whoever decides may take back what anybody asked for. */
const ANY = { onlyOwn: false };

const decisions = ({ log }: TestStore) => {
  const parts = { log, timing: DEFAULT_TIMING, mayApprove: () => Promise.resolve() };
  return {
    approve: (id: number) => approve(parts, 'kim', id, undefined),
    reject: (id: number) => reject(log, 'kim', id, 'no'),
    cancel: (id: number) => cancel(log, 'kim', id, ANY),
    abandon: (id: number) => abandon(log, 'kim', id, 'looked'),
  };
};

test.each<['approve' | 'reject' | 'cancel', 'pending' | 'approved']>([
  ['approve', 'pending'],
  ['reject', 'pending'],
  ['cancel', 'pending'],
  ['cancel', 'approved'],
])('the last moment to %s what is %s is the one before its deadline', async (verb, status) => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const id = await store.addAction(status, { deadline_at: store.ago(-1000) });
  store.clock.advance(1000);
  await expect(decisions(store)[verb](id)).rejects.toMatchObject({
    code: 'action_moved_on',
    extra: { action_status: 'expired' },
  });
  store.clock.advance(-1);
  expect((await decisions(store)[verb](id)).status).not.toBe(status);
});

test('a clock that was set back by more than a little lets nobody decide; what is out is asked back all the same', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const change = { created_at: store.ago(-5001), deadline_at: store.ago(-60_000) };
  const waiting = await store.addAction('pending', change);
  const out = await store.addAction('dispatched', { ...change, target: 'systemd:web.service' });
  await expect(decisions(store).approve(waiting)).rejects.toMatchObject({
    extra: { action_status: 'expired' },
  });
  store.clock.advance(1);
  expect((await decisions(store).approve(waiting)).status).toBe('approved');
  store.clock.advance(3_600_000);
  expect((await decisions(store).cancel(out)).cancel_requested_by).toBe('kim');
});

test('what nobody heard of for long is still there to be closed', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const id = await store.addAction('unknown', { created_at: store.ago(365 * 86_400_000) });
  expect((await decisions(store).abandon(id)).steps.at(-1)).toMatchObject({
    ...{ step: 'abandoned', actor: 'kim', detail: 'looked' },
  });
});

test('an approval says whose request it was, holds for its time, and is asked of the policies only while it waits', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const asked: string[] = [];
  const parts = {
    ...{ log: store.log, timing: DEFAULT_TIMING },
    mayApprove: async (_open: unknown, actor: string) => void asked.push(actor),
  };
  const own = await approve(parts, 'kim', await store.addAction('pending', { created_by: 'kim' }), 'd');
  expect(own.steps.at(-1)?.detail).toBe('kim approved their own request');
  expect(own).toMatchObject({ approved_by: 'kim', expires_at: store.ago(-DEFAULT_TIMING.approvedTtlMs) });
  const ofAlex = await store.addAction('pending', { created_by: 'alex', target: 'systemd:web.service' });
  expect((await approve(parts, 'kim', ofAlex, undefined)).steps.at(-1)?.detail).toBe('kim approved it');
  await expect(approve(parts, 'kim', ofAlex, undefined)).rejects.toMatchObject({ code: 'action_moved_on' });
  expect(asked).toEqual(['kim', 'kim']);
});

test('an approval covers what was shown, and nothing else is approved', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const id = await store.addAction('pending');
  const parts = { log: store.log, timing: DEFAULT_TIMING, mayApprove: () => Promise.resolve() };
  await expect(approve(parts, 'kim', id, 'another')).rejects.toMatchObject({ code: 'digest_mismatch' });
  expect((await approve(parts, 'kim', id, 'd')).status).toBe('approved');
  const row = await store.db.selectFrom('actions').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ approved_at: store.ago(0), approved_by: 'kim', approved_digest: 'd' });
  const other = await store.addAction('pending', { target: 'systemd:web.service' });
  const forbids = { ...parts, mayApprove: () => Promise.reject(new Error('two people')) };
  await expect(approve(forbids, 'kim', other, 'd')).rejects.toThrow('two people');
  await store.db.updateTable('fleet_freeze').set({ is_on: 1 }).execute();
  expect((await approve(parts, 'kim', other, undefined)).steps.at(-1)?.detail).toBe(
    'kim approved their own request. The fleet is frozen: nothing is sent until that is lifted',
  );
});

test('a no and a taking back say who and why', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const { log } = store;
  const rejected = await reject(log, 'kim', await store.addAction('pending'), 'not now');
  expect(rejected).toMatchObject({ status: 'rejected', decided_by: 'kim', reason: 'not now' });
  expect(rejected.steps.at(-1)).toMatchObject({ actor: 'kim', detail: 'not now' });
  const cancelled = await cancel(log, 'alex', await store.addAction('approved'), ANY);
  expect(cancelled).toMatchObject({ status: 'cancelled', decided_by: 'alex', reason: null });
  expect(cancelled.steps.at(-1)).toMatchObject({ actor: 'alex', detail: 'alex cancelled it' });
  const closed = await abandon(log, 'kim', await store.addAction('unknown'), 'it runs');
  expect(closed).toMatchObject({ status: 'abandoned', decided_by: 'kim', reason: 'it runs' });
});

test('what is out is asked back once, and what is at work not at all', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const out = await store.addAction('dispatched', { deadline_at: store.ago(-1000) });
  const asked = await cancel(store.log, 'alex', out, ANY);
  expect(asked).toMatchObject({ status: 'dispatched', cancel_requested_by: 'alex', decided_by: null });
  expect(asked.steps.at(-1)).toMatchObject({
    ...{ step: 'cancel_requested', actor: 'alex', detail: 'alex asked to cancel it' },
  });
  await expect(cancel(store.log, 'kim', out, ANY)).rejects.toMatchObject({
    ...{ code: 'action_moved_on', extra: { action_status: 'dispatched' } },
    message: expect.stringContaining('alex has asked to cancel action #1 already'),
  });
  const atWork = await store.addAction('executing', { target: 'systemd:web.service' });
  await expect(cancel(store.log, 'kim', atWork, ANY)).rejects.toMatchObject({
    extra: { action_status: 'executing' },
  });
});
