import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { listAudit } from '../../test/audit/chain.ts';
import { startTestHub } from '../../test/hub-fixture.ts';

test('from where somebody did something is in the entry, and in its hash; what the hub or an agent does has no address', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await hub.call('PUT', '/freeze', { on: true, reason: 'new disk' });
  await hub.call('PUT', '/freeze', { on: false });
  await hub.call('PUT', '/servers/nas/maintenance', { on: true });
  await hub.call('POST', '/servers/nas/services', { service_name: 'plex' });
  const policy = { mode: 'manual', server_id: 'nas' };
  await hub.call('PUT', '/policies/careful', policy);
  await hub.call('POST', '/keys', { name: 'bot' });
  const { order_id } = await hub.orderRestart('nas', 'plex');
  await agent.frame('order');
  agent.result(order_id);
  await agent.settled();
  const { entries } = await listAudit(hub);
  const people = entries.filter(({ actor }) => actor === 'dashboard');
  expect(new Set(people.map(({ verb }) => verb)).size).toBeGreaterThan(6);
  for (const { verb, from_address, detail } of people)
    expect([verb, from_address, detail['from_address']]).toEqual([verb, '127.0.0.1', '127.0.0.1']);
  const others = entries.filter(({ actor }) => actor !== 'dashboard');
  expect(new Set(others.map(({ actor }) => actor))).toEqual(new Set(['hub', 'agent:nas']));
  for (const { verb, from_address } of others) expect([verb, from_address]).toEqual([verb, null]);
  for (const { entry, intact } of entries) expect([entry, intact]).toEqual([entry, true]);
});
