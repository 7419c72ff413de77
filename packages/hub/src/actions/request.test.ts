import { ACTION_KINDS, type Action, type Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { FACTS, failedReport, report } from '../../test/agent-fixture.ts';
import { DEFAULT_TIMING, startTestHub } from '../../test/hub-fixture.ts';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { cancel } from './decide.ts';
import { requestAction } from './request.ts';

const PATH = '/servers/nas/services/plex/actions';

test.each(Object.keys(ACTION_KINDS))(
  '%s is asked for by its name and waits for approval',
  async (action_type) => {
    await using hub = await startTestHub();
    await hub.addServer('nas');
    const { status, body } = await hub.call<Action>('POST', PATH, { action_type });
    expect(status).toBe(201);
    expect(body).toMatchObject({ action_type, status: 'pending', target: 'systemd:plex.service' });
  },
);

test('however it was asked for, a service has one open action', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const first = await hub.restart('nas', 'plex');
  const second = await hub.call<Problem>('POST', PATH, { action_type: 'restart_service' });
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({ code: 'action_open', existing_action_id: first.body.action_id });
});

test('a kind that there is not is a value that is not valid', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const { status, body } = await hub.call<Problem>('POST', PATH, { action_type: 'reboot_everything' });
  expect([status, body.code]).toEqual([422, 'invalid']);
});

const HOUR = 3_600_000;
const ask = ({ log }: TestStore, serviceName = 'plex', serverId = 'nas') =>
  requestAction(log, DEFAULT_TIMING, 'kim', { kind: 'restart_service', serverId, serviceName }, null);

async function startNas(): Promise<TestStore> {
  const store = await startTestStore();
  for (const serverId of ['nas', 'attic'])
    await store.addServer(serverId, { facts_json: JSON.stringify(FACTS) });
  return store;
}

test('a request says who asked, and until when somebody has to decide', async () => {
  await using store = await startNas();
  const first = await ask(store);
  expect(first).toMatchObject({
    ...{ action_id: 1, status: 'pending', created_by: 'kim', created_at: store.ago(0), expect: null },
    expires_at: store.ago(-DEFAULT_TIMING.pendingTtlMs),
  });
  expect(first.steps).toMatchObject([{ step: 'pending', actor: 'kim', detail: 'kim asked for a restart' }]);
  await store.db.updateTable('fleet_freeze').set({ is_on: 1 }).execute();
  const frozen = await ask(store, 'web');
  expect(frozen.action_id).toBe(2);
  expect(frozen.steps[0]?.detail).toBe(
    'kim asked for a restart. The fleet is frozen: nothing is sent until that is lifted',
  );
});

test('of a server that there is not nothing is asked; of one that has not told of itself, without an expectation', async () => {
  await using store = await startNas();
  await expect(ask(store, 'plex', 'gone')).rejects.toMatchObject({ code: 'not_found' });
  await store.addServer('silent');
  for (const server_id of ['nas', 'silent'])
    await store.db
      .insertInto('services')
      .values({
        ...{ server_id, target: 'systemd:plex.service', service_name: 'plex', expected: 1, critical: 0 },
        ...{ enabled: 1, report_json: JSON.stringify(report('plex.service')), revision: 1 },
      })
      .execute();
  expect((await ask(store, 'plex', 'silent')).expect).toBeNull();
  expect((await ask(store)).expect).toMatchObject({ state_class: 'running', boot_id: FACTS.boot_id });
  // What is seen of plex is nothing that is known of another service, or of that of another server.
  expect((await ask(store, 'web')).expect).toBeNull();
  expect((await ask(store, 'plex', 'attic')).expect).toBeNull();
});

test.each([
  ['pending', 'A restart of plex is already pending (action #1, asked by alex)'],
  ['executing', 'A restart of plex is already executing (action #1, asked by alex)'],
  ['unknown', 'The outcome of an earlier restart of plex is unknown; resolve action #1 first'],
] as const)('a second request beside one that is %s is told of it', async (status, detail) => {
  await using store = await startNas();
  await store.addAction(status, { created_by: 'alex' });
  await expect(ask(store)).rejects.toMatchObject({
    ...{ code: 'action_open', message: detail },
    extra: { existing_action_id: 1, action_status: status },
  });
});

test('an open action is in nobody’s way but of its own service on its own server', async () => {
  await using store = await startNas();
  await store.addAction('completed');
  await store.addAction('pending', { server_id: 'attic' });
  await store.addAction('pending', { target: 'systemd:web.service' });
  expect((await ask(store)).action_id).toBe(4);
});

test('people restart a service twenty times an hour at most, and are told when the next is possible', async () => {
  await using store = await startNas();
  const ran = async (
    count: number,
    started_at: string,
    change: { server_id?: string; target?: string } = {},
  ) => {
    for (let n = 0; n < count; n += 1) await store.addAction('completed', { started_at, ...change });
  };
  await ran(1, store.ago(HOUR));
  await ran(1, store.ago(HOUR - 90_500));
  await ran(18, store.ago(60_000));
  await ran(3, store.ago(60_000), { server_id: 'attic' });
  await ran(3, store.ago(60_000), { target: 'systemd:web.service' });
  const nineteen = await ask(store);
  expect(nineteen.status).toBe('pending');
  await store.db
    .updateTable('actions')
    .set({ status: 'cancelled' })
    .where('action_id', '=', nineteen.action_id)
    .execute();
  await ran(1, store.ago(30_000));
  await expect(ask(store)).rejects.toMatchObject({
    code: 'too_many',
    message: `plex was restarted 20 times in the last hour. Next possible at ${store.ago(-90_500)}.`,
    extra: { retry_after_seconds: 91 },
  });
});

test('what the approver sees is taken when it is asked, and the digest covers it', async () => {
  await using store = await startNas();
  const see = async (change: Parameters<typeof failedReport>[1], server_id = 'nas') => {
    const report_json = JSON.stringify(failedReport('plex.service', change));
    await store.db
      .insertInto('services')
      .values({
        ...{ server_id, target: 'systemd:plex.service', service_name: 'plex', expected: 1, critical: 0 },
        ...{ enabled: 1, revision: 1, report_json },
      })
      .onConflict((conflict) => conflict.columns(['server_id', 'target']).doUpdateSet({ report_json }))
      .execute();
    const action = await ask(store, 'plex', server_id);
    await cancel(store.log, 'kim', action.action_id, { onlyOwn: false });
    return action;
  };
  const also_restarts = [{ unit: 'index.service', relation: 'RequiredBy', active: true }];
  const first = await see({ also_restarts });
  const failed = failedReport('plex.service');
  expect(first).toMatchObject({
    ...{ verb: 'restart', why: failed.why, also_restarts },
    expect: { state_class: 'down', boot_id: FACTS.boot_id, invocation_id: failed.invocation_id },
  });
  expect((await see({ description: 'another word for it' })).digest).toBe(first.digest);
  const givenUp = await see({ why: failed.why && { ...failed.why, start_limit_hit: true } });
  expect(givenUp.verb).toBe('reset-and-restart');
  const others = [
    givenUp,
    await see({ state_class: 'crash_loop' }),
    await see({ invocation_id: 'b'.repeat(32) }),
    await see({}, 'attic'),
    await ask(store, 'unseen'),
  ];
  await store.db
    .updateTable('servers')
    .set({ facts_json: JSON.stringify({ ...FACTS, boot_id: 'another boot' }) })
    .execute();
  others.push(await see({}));
  expect(new Set([first, ...others].map(({ digest }) => digest)).size).toBe(1 + others.length);
  expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(first).toMatchObject({
    version: 0,
    revision: 1,
    order_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(await store.db.selectFrom('events').select('actor').where('id', '=', 1).execute()).toEqual([
    { actor: 'kim' },
  ]);
});
