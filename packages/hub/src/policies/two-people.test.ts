import type { Action } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { startTestHub } from '../../test/hub-fixture.ts';
import { callerOf, putPolicy } from '../../test/policy-fixture.ts';

test('a narrower rule of one’s own, made while the wide one was away, is no way around it when it is back', async () => {
  await using hub = await startTestHub();
  await hub.addServer('nas');
  const kim = await callerOf(hub, 'kim');
  const forNas = { mode: 'two_person', server_id: 'nas' };
  const forPlex = { mode: 'manual', server_id: 'nas', service_name: 'plex.service' };
  await putPolicy(hub, 'rule', forNas);
  await kim('DELETE', '/policies/rule');
  const asked = await kim<Action>('POST', '/servers/nas/services/plex/restart');
  const approve = `/actions/${asked.body.action_id}/approve`;
  await kim('PUT', '/policies/narrow', forPlex);
  await kim('PUT', '/policies/wide', forNas);
  expect((await kim('POST', approve)).status).toBe(403);
  // Where the rule holds there is nothing to lift any more, and elsewhere it never did.
  const elsewhere = await kim<Action>('POST', '/servers/nas/services/web/restart');
  expect((await kim('POST', `/actions/${elsewhere.body.action_id}/approve`)).body.detail).toContain(
    'policy wide',
  );
  // The narrow one gone, the wide one binds; both gone by another's hand, kim is as free as anybody.
  await kim('DELETE', '/policies/narrow');
  expect((await kim('POST', approve)).body.detail).toContain('policy wide');
  await hub.call('DELETE', '/policies/wide');
  expect((await kim('POST', approve)).status).toBe(200);
});

test('two people together do: one takes the rule away, the other approves', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  const kim = await callerOf(hub, 'kim');
  await putPolicy(hub, 'rule', { mode: 'two_person' });
  await kim('DELETE', '/policies/rule');
  const asked = await kim<Action>('POST', '/servers/nas/services/plex/restart');
  const own = await kim('POST', `/actions/${asked.body.action_id}/approve`);
  expect([own.status, own.body.detail]).toEqual([
    403,
    expect.stringContaining('took the rule of two people away'),
  ]);
  expect((await hub.call('POST', `/actions/${asked.body.action_id}/approve`)).status).toBe(200);
  await agent.frame('order');
  // Whoever did not take it away is not bound by it any more.
  expect((await hub.orderRestart('nas', 'web')).status).toBe('approved');
});
