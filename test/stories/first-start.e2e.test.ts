import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { api } from '@homelabcmd/protocol';
import { ApiClient } from '@homelabcmd/testkit';
import { expect, test } from 'vitest';
import { until } from '../house/house.ts';
import { type HubProcess, startHubProcess } from '../house/hub-process.ts';

const childrenOf = async (pid: number): Promise<number[]> => {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
};

async function theOneServer(hub: HubProcess) {
  const client = new ApiClient(hub.url, hub.apiKey);
  let found = await client.call(api.listServers, { query: {} });
  await until('this machine online', async () => {
    found = await client.call(api.listServers, { query: {} });
    return found.servers[0]?.liveness === 'online';
  });
  expect(found.total).toBe(1);
  return found.servers[0];
}

test('the hub’s own machine is there at once, only watched, and a hub that was killed leaves no agent behind', async () => {
  await using hub = await startHubProcess({ HOMELABCMD_LOCAL_AGENT: 'on' });
  const server = await theOneServer(hub);
  expect(server?.facts?.monitor_only).toBe(true);
  // Either there is a systemd to speak to, or a sentence says why not.
  expect(server?.facts?.systemd_version === null).toBe(server?.facts?.systemd_problem !== null);

  const [agent = 0] = await childrenOf(hub.pid);
  expect(agent).toBeGreaterThan(0);
  await hub.kill();
  await until('the agent has ended', async () => !existsSync(`/proc/${agent}`));

  await hub.start();
  const again = await theOneServer(hub);
  expect(again?.server_id).toBe(server?.server_id);
  expect(again?.created_at).toBe(server?.created_at);
});

test('a restart that is asked of a server that only watches is refused, and says so', async () => {
  await using hub = await startHubProcess({ HOMELABCMD_LOCAL_AGENT: 'on' });
  const server = await theOneServer(hub);
  const client = new ApiClient(hub.url, hub.apiKey);
  const { action_id } = await client.call(api.restartService, {
    params: { server_id: server?.server_id ?? '', service_name: 'cron' },
  });
  await client.call(api.approveAction, { params: { action_id } });
  await until('refused', async () => {
    const { status } = await client.call(api.getAction, { params: { action_id } });
    return status === 'refused';
  });
  const { result } = await client.call(api.getAction, { params: { action_id } });
  expect(result?.code).toBe('monitor_only');
});
