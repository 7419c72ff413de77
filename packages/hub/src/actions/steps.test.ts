import { ActionStatus, NEXT_STATUSES } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { findAction, readAction } from './rows.ts';
import { frozenNote, progress, transition } from './transition.ts';

async function startNas(): Promise<TestStore> {
  const store = await startTestStore();
  await store.addServer('nas');
  return store;
}

const rowOf = ({ db, clock }: TestStore, id: number) => findAction(db, id, clock.nowMs());
const storedOf = ({ db, clock }: TestStore, id: number) => readAction(db, id, clock.nowMs());
const lastEvent = async ({ db }: TestStore) => {
  const row = await db.selectFrom('events').selectAll().orderBy('id', 'desc').executeTakeFirst();
  return (
    row && { type: row.type, actor: row.actor, server_id: row.server_id, data: JSON.parse(row.data_json) }
  );
};
const freeze = ({ db }: TestStore) => db.updateTable('fleet_freeze').set({ is_on: 1 }).execute();

const UNFINISHED = new Set<ActionStatus>(['approved', 'dispatched', 'executing', 'unknown']);
const LEGAL = ActionStatus.options.flatMap((from) => NEXT_STATUSES[from].map((to) => [from, to] as const));

test.each(LEGAL)('%s → %s: what is answered and told is what is stored', async (from, to) => {
  if (to === 'pending') throw new Error('nothing leads back to pending');
  await using store = await startNas();
  const id = await store.addAction(from, {
    ...{ deadline_at: store.ago(-1000), approved_by: 'alex', started_at: store.ago(3_599_999) },
    ...{ target: 'systemd:plex.service', created_at: store.ago(5) },
  });
  const row = await rowOf(store, id);
  const step = { actor: 'kim', detail: 'so it is', elapsedMs: 12, set: { reason: 'a reason' } };
  const answered = await store.within((open) => transition(open, row, to, step));
  expect(answered).toEqual(await storedOf(store, id));
  expect(answered).toMatchObject({
    ...{ status: to, version: row.version + 1, revision: store.log.head, reason: 'a reason' },
    ...{ approved_by: 'alex', expires_at: null, finished_at: UNFINISHED.has(to) ? null : store.ago(0) },
    steps: [{ step: to, at: store.ago(0), actor: 'kim', detail: 'so it is', elapsed_ms: 12 }],
  });
  expect(await lastEvent(store)).toEqual({
    ...{ type: `action.${to}`, actor: 'kim', server_id: 'nas', data: { action: answered } },
  });
  expect((await rowOf(store, id)).deadline_at).toBeNull();
});

test('a step within a status keeps it, and keeps the deadline unless it sets one', async () => {
  await using store = await startNas();
  const id = await store.addAction('executing', { deadline_at: store.ago(-1000) });
  const write = async (name: string, more: { deadlineAt?: string | null; verifying_since?: string } = {}) => {
    const { deadlineAt, verifying_since } = more;
    const row = await rowOf(store, id);
    const step = {
      ...{ actor: 'agent:nas', detail: name, set: verifying_since === undefined ? {} : { verifying_since } },
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
    };
    const answered = await store.within((open) => progress(open, row, name, step));
    expect(answered).toEqual(await storedOf(store, id));
    expect(await lastEvent(store)).toMatchObject({ type: 'action.progress', data: { action: answered } });
    return { ...answered, deadline: (await rowOf(store, id)).deadline_at };
  };
  const before = await rowOf(store, id);
  expect((await write('systemctl_done')).deadline).toBe(before.deadline_at);
  const verifying = await write('verifying', { deadlineAt: store.ago(-2000), verifying_since: store.ago(0) });
  expect(verifying).toMatchObject({
    ...{ status: 'executing', version: before.version + 2, deadline: store.ago(-2000) },
    ...{ verifying_since: store.ago(0), finished_at: null },
  });
  expect(verifying.steps).toMatchObject([
    { step: 'systemctl_done', actor: 'agent:nas', elapsed_ms: null },
    { step: 'verifying', elapsed_ms: null },
  ]);
  expect((await write('at last', { deadlineAt: null })).deadline).toBeNull();
  expect(await store.db.selectFrom('action_steps').select('n').orderBy('n').execute()).toEqual(
    [1, 2, 3].map((n) => ({ n })),
  );
});

test('a new status has the deadline that the step brings', async () => {
  await using store = await startNas();
  const id = await store.addAction('approved', { deadline_at: store.ago(-1000) });
  const row = await rowOf(store, id);
  const step = { actor: 'hub', detail: 'sent', deadlineAt: store.ago(-90_000), set: { sent_life: 3 } };
  await store.within((open) => transition(open, row, 'dispatched', step));
  expect(await rowOf(store, id)).toMatchObject({ deadline_at: store.ago(-90_000), sent_life: 3 });
});

test('whoever writes by a copy of the past is told so, and writes nothing', async () => {
  await using store = await startNas();
  const id = await store.addAction('executing');
  const past = await rowOf(store, id);
  const step = { actor: 'agent:nas', detail: 'so' };
  await store.within((open) => progress(open, past, 'systemctl_done', step));
  const before = await storedOf(store, id);
  // The status is the same, and yet something has happened since.
  for (const write of [
    () => store.within((open) => transition(open, past, 'completed', step)),
    () => store.within((open) => progress(open, past, 'verifying', step)),
  ])
    await expect(write()).rejects.toMatchObject({
      ...{ code: 'action_moved_on', message: `Action #${id} is executing already` },
      extra: { action_status: 'executing' },
    });
  await expect(
    store.within((open) =>
      transition(open, { ...past, version: past.version + 1, status: 'unknown' }, 'failed', step),
    ),
  ).rejects.toMatchObject({ code: 'action_moved_on' });
  expect(await storedOf(store, id)).toEqual(before);
});

test.each<[string, (store: TestStore) => Promise<unknown>, isHeld: boolean]>([
  ['while the fleet is frozen', freeze, true],
  [
    'while its server is in quarantine',
    (store) =>
      store.db
        .insertInto('quarantines')
        .values({ server_id: 'nas', since: store.ago(0), reason: 'x' })
        .execute(),
    true,
  ],
  [
    'while another server is in quarantine',
    async (store) => {
      await store.addServer('attic');
      const since = store.ago(0);
      await store.db.insertInto('quarantines').values({ server_id: 'attic', since, reason: 'x' }).execute();
    },
    false,
  ],
])('%s an order is let out or not by the statement itself', async (_what, scene, isHeld) => {
  await using store = await startNas();
  const [waiting, other] = [
    await store.addAction('approved'),
    await store.addAction('dispatched', { target: 'systemd:b.service' }),
  ];
  await scene(store);
  const step = { actor: 'hub', detail: 'so' };
  const row = await rowOf(store, waiting);
  const sent = store.within((open) => transition(open, row, 'dispatched', step));
  if (isHeld) {
    await expect(sent).rejects.toMatchObject({ code: 'action_moved_on' });
    const taken = await store.within((open) => transition(open, row, 'cancelled', step));
    expect(taken.status).toBe('cancelled');
  } else expect((await sent).status).toBe('dispatched');
  // What is out already goes on.
  const out = await rowOf(store, other);
  expect((await store.within((open) => progress(open, out, 'cancel_requested', step))).status).toBe(
    'dispatched',
  );
  const again = await rowOf(store, other);
  expect((await store.within((open) => transition(open, again, 'executing', step))).status).toBe('executing');
});

test('what a step says of a freeze it says only while there is one', async () => {
  await using store = await startNas();
  expect(await store.within(frozenNote)).toBe('');
  await freeze(store);
  expect(await store.within(frozenNote)).toBe('. The fleet is frozen: nothing is sent until that is lifted');
});
