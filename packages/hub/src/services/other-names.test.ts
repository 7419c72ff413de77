import type { Circumstances, Service } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { connectAgent, report, type TestAgent } from '../../test/agent-fixture.ts';
import { startTestHub, type TestHub } from '../../test/hub-fixture.ts';

const AROUND: Circumstances = {
  ...{ job_queued: false, ending: null, load_problem: '', failed_requirements: [], dependency_failed: false },
  ...{ triggered_by: [], condition_unmet: false, frozen: false, oom_kills: 0, timer: null },
  ...{ alias_of: '', other_names: [] },
};

async function tells(agent: TestAgent, unit: string, alias_of: string, ...other_names: string[]) {
  agent.reports([report(unit, { circumstances: { ...AROUND, alias_of, other_names } })]);
  await agent.settled();
}

const wish = (hub: TestHub, service_name: string) =>
  hub.call<Service>('POST', '/servers/nas/services', { service_name });

const expectedOn = async (hub: TestHub) => {
  const { body } = await hub.call<{ services: Service[] }>('GET', '/services');
  return body.services.map(({ service_name }) => service_name);
};

async function refuses(hub: TestHub, name: string, as: string): Promise<void> {
  const { status, body } = await wish(hub, name);
  expect([status, body]).toMatchObject([
    409,
    { code: 'already_exists', detail: `${name} is expected on nas already, as ${as}` },
  ]);
  expect(await expectedOn(hub)).toEqual([as]);
}

test.each(['sshd', 'sshd.service'])(
  'a service that is expected is not expected again under another of its names: %s',
  async (other) => {
    await using hub = await startTestHub();
    await using agent = await connectAgent(hub, 'nas');
    await tells(agent, 'ssh.service', '', 'sshd.service');
    expect((await wish(hub, 'ssh')).status).toBe(201);
    await refuses(hub, other, 'ssh');
  },
);

test('one that is expected under another name is not expected again under its own, nor under a third', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  expect((await wish(hub, 'sshd')).status).toBe(201);
  await tells(agent, 'sshd.service', 'ssh.service', 'secure-shell.service');
  await refuses(hub, 'ssh', 'sshd');
  await refuses(hub, 'secure-shell', 'sshd');
});

test('once it is expected no longer, it can be expected under the other name', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await tells(agent, 'ssh.service', '', 'sshd.service');
  await wish(hub, 'ssh');
  expect((await hub.call('DELETE', '/servers/nas/services/ssh')).status).toBe(204);
  expect((await wish(hub, 'sshd')).status).toBe(201);
});

test('names that belong together on one server mean nothing on another', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await tells(agent, 'ssh.service', '', 'sshd.service');
  await hub.addServer('attic');
  await wish(hub, 'ssh');
  for (const service_name of ['ssh', 'sshd'])
    expect((await hub.call('POST', '/servers/attic/services', { service_name })).status).toBe(201);
});

test('many at once: a name of what is expected already is named among those, also of one in the same wish', async () => {
  await using hub = await startTestHub();
  await using agent = await connectAgent(hub, 'nas');
  await tells(agent, 'ssh.service', '', 'sshd.service');
  await tells(agent, 'mariadb.service', '', 'mysql.service', 'mysqld.service');
  await wish(hub, 'ssh');
  const services = ['sshd', 'mysql', 'mariadb', 'mysqld.service', 'plex'].map((service_name) => ({
    service_name,
  }));
  const { status, body } = await hub.call<{ services: Service[]; already_expected: string[] }>(
    ...(['POST', '/servers/nas/services/bulk', { services }] as const),
  );
  expect([status, body.services.map(({ service_name }) => service_name)]).toEqual([200, ['mysql', 'plex']]);
  expect(body.already_expected).toEqual(['sshd', 'mariadb', 'mysqld.service']);
  expect((await expectedOn(hub)).toSorted()).toEqual(['mysql', 'plex', 'ssh']);
});
