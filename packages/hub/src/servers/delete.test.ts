import type { Problem } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, report, TestAgent } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';

test('deleting a server (204) deletes its actions but never its audit entries', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  const { body } = await hub.restart('nas', 'plex');
  await hub.call('POST', `/actions/${body.action_id}/reject`, { reason: 'not now' });

  const answer = await hub.call('DELETE', '/servers/nas');
  expect([answer.status, answer.text]).toEqual([204, '']);
  expect((await hub.call('GET', '/servers/nas')).body.detail).toBe('Server not found');
  expect((await hub.call('GET', `/actions/${body.action_id}`)).status).toBe(404);
  for (const table of ['services', 'actions', 'action_steps']) {
    expect(hub.rows(`SELECT * FROM ${table}`)).toEqual([]);
  }
  const audited = () => hub.rows<{ verb: string }>('SELECT verb FROM audit_entries ORDER BY id');
  await expect
    .poll(audited)
    .toEqual(
      [
        ...['key.created', 'server.created', 'expectation.added'],
        ...['action.requested', 'action.rejected', 'server.deleted'],
      ].map((verb) => ({ verb })),
    );
});

test('a number of an action is never used again, also after its server was deleted', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const first = await hub.restart('nas', 'plex');
  await hub.call('DELETE', '/servers/nas');
  await hub.addServer('nas');
  const second = await hub.restart('nas', 'plex');
  expect(second.body.action_id).toBe(first.body.action_id + 1);
});

test('deleting a server revokes its agent at once', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const unused = await hub.hub.enrol('nas');
  await hub.call('DELETE', '/servers/nas');
  expect((await agent.frame('goodbye')).code).toBe('server_deleted');
  await agent.closed();
  for (const as of [agent.key, unused]) {
    await using again = await new TestAgent(hub.url).opened();
    again.hello(as);
    expect((await again.frame('goodbye')).code).toBe('not_enrolled');
  }
});

test('what a revoked agent still says is not taken for a new server of the same name', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  // It does not answer the closing handshake, so that its connection outlives the goodbye.
  agent.socket.pause();
  await hub.call('DELETE', '/servers/nas');
  await hub.addServer('nas');
  agent.reports([report('planted.service')]);
  const action = await hub.orderRestart('nas', 'plex');
  agent.socket.resume();
  await agent.closed();
  expect(agent.framesOf('order')).toEqual([]);
  expect((await hub.action(action.action_id)).status).toBe('approved');
  expect(await hub.service('nas', 'planted')).toBeUndefined();
  expect((await hub.server('nas')).liveness).toBe('never_seen');
  expect(hub.faults).toEqual([]);

  await using successor = await connectAgent(hub, 'nas');
  expect((await successor.frame('order')).order.action_id).toBe(action.action_id);
  expect((await hub.server('nas')).liveness).toBe('online');
});

test.each(['dispatched', 'executing', 'unknown'])(
  'while an order is %s, deleting is 409 unless `?force=true`',
  async (status) => {
    await using hub = await startTestHub({
      timing: { dispatchedLeaseMs: status === 'unknown' ? 1 : 90_000 },
    });
    await using agent = await connectAgent(hub, 'nas');
    const action = await hub.orderRestart('nas', 'plex');
    const { order } = await agent.frame('order');
    if (status === 'executing') agent.progress(order.order_id, 'started');
    await expect.poll(async () => (await hub.action(action.action_id)).status).toBe(status);

    const refused = await hub.call<Problem>('DELETE', '/servers/nas');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'order_out',
      existing_action_id: action.action_id,
      action_status: status,
    });
    expect((await hub.call('DELETE', '/servers/nas?force=maybe')).status).toBe(422);
    expect((await hub.call('DELETE', '/servers/nas?force=true')).status).toBe(204);
    expect((await hub.call('GET', `/actions/${action.action_id}`)).status).toBe(404);
  },
);

test.each(['pending', 'approved'])('while an action is only %s, deleting is possible', async (status) => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  if (status === 'approved') await hub.orderRestart('nas', 'plex');
  else await hub.restart('nas', 'plex');
  expect((await hub.call('DELETE', '/servers/nas')).status).toBe(204);
});
