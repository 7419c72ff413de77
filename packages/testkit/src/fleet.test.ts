import { api, isFinal } from '@homelabcmd/protocol';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Fleet, type FleetServer, startFleet } from './index.ts';

const media: FleetServer = {
  services: [
    { unit: 'plex.service', description: 'Plex' },
    { unit: 'exporter.service', partOf: 'plex.service' },
    { unit: 'closed.service' },
  ],
  allow: ['plex.service'],
  expect: ['plex', 'closed'],
};

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.[Symbol.asyncDispose]();
  fleet = undefined;
});

async function open(): Promise<Fleet> {
  fleet = await startFleet({ 'media-01': media }, { HOMELABCMD_SETTLE_MS: '100' });
  const { client } = fleet;
  await expect.poll(() => serviceOf(client, 'plex').then((service) => service?.status)).toBe('running');
  return fleet;
}

async function serviceOf(client: Fleet['client'], name: string) {
  const { services } = await client.call(api.listServices, { params: { server_id: 'media-01' } });
  return services.find((service) => service.service_name === name);
}

const ask = (client: Fleet['client'], service_name: string) =>
  client.call(api.restartService, { params: { server_id: 'media-01', service_name } });

async function outcomeOf(client: Fleet['client'], action_id: number) {
  let action = await client.call(api.getAction, { params: { action_id } });
  await expect
    .poll(async () => {
      action = await client.call(api.getAction, { params: { action_id } });
      return isFinal(action.status);
    })
    .toBe(true);
  return action;
}

test('a killed service is seen with its cause, and an approved restart starts it once', async () => {
  const { client, servers } = await open();
  const systemd = servers.get('media-01')?.systemd;
  systemd?.say('plex.service', 'plex', 'the last words');
  systemd?.kill('plex.service', 9);
  await expect.poll(() => serviceOf(client, 'plex').then((service) => service?.status)).toBe('failed');
  await expect
    .poll(async () => (await serviceOf(client, 'plex'))?.why?.journal.map((line) => line.message))
    .toContain('the last words');
  const service = await serviceOf(client, 'plex');
  expect(service?.why).toMatchObject({ result: 'signal', signal: 9, signal_name: 'SIGKILL' });
  expect(service?.also_restarts.map((also) => also.unit)).toEqual(['exporter.service']);

  const { action_id } = await ask(client, 'plex');
  expect(systemd?.startsOf('plex.service')).toHaveLength(1);
  await client.call(api.approveAction, { params: { action_id } });
  const ended = await outcomeOf(client, action_id);
  expect(ended.status).toBe('completed');
  expect(systemd?.startsOf('plex.service')).toHaveLength(2);
});

test('a service outside the allow-list is refused, until the file on the server names it', async () => {
  const { client, servers } = await open();
  const server = servers.get('media-01');
  const refused = await ask(client, 'closed');
  await client.call(api.approveAction, { params: { action_id: refused.action_id } });
  expect(await outcomeOf(client, refused.action_id)).toMatchObject({
    status: 'refused',
    result: { code: 'not_allowed' },
  });
  await appendFile(server?.allowFile ?? '', 'closed.service\n');
  await expect.poll(async () => (await serviceOf(client, 'closed'))?.restartable.allowed).toBe(true);
  const allowed = await ask(client, 'closed');
  await client.call(api.approveAction, { params: { action_id: allowed.action_id } });
  expect((await outcomeOf(client, allowed.action_id)).status).toBe('completed');
  expect(server?.systemd.startsOf('closed.service')).toHaveLength(2);
});

test('a service that was stopped on purpose after the request is not started', async () => {
  const { client, servers } = await open();
  const systemd = servers.get('media-01')?.systemd;
  const { action_id } = await ask(client, 'plex');
  systemd?.stop('plex.service');
  await client.call(api.approveAction, { params: { action_id } });
  expect(await outcomeOf(client, action_id)).toMatchObject({
    status: 'refused',
    result: { code: 'precondition_failed' },
  });
  expect(systemd?.startsOf('plex.service')).toHaveLength(1);
});

test('an agent that was away carries out what was approved meanwhile', async () => {
  const { client, servers } = await open();
  const server = servers.get('media-01');
  await server?.stopAgent();
  await expect.poll(() => serviceOf(client, 'plex').then((service) => service?.stale)).toBe(true);
  const { action_id } = await ask(client, 'plex');
  await client.call(api.approveAction, { params: { action_id } });
  await server?.startAgent();
  expect((await outcomeOf(client, action_id)).status).toBe('completed');
  expect(server?.systemd.startsOf('plex.service')).toHaveLength(2);
});

test('a service that runs and does not answer is seen, and its restart ends as its probe says', async () => {
  let status = 503;
  const server = createServer((_request, response) => void response.writeHead(status).end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const probe = { kind: 'http', url, interval_ms: 1000, failures_before_down: 1 } as const;
  fleet = await startFleet(
    { 'media-01': { ...media, expect: [{ service_name: 'plex', probe }] } },
    { HOMELABCMD_SETTLE_MS: '100' },
  );
  const { client } = fleet;
  const restarted = async () => {
    const { action_id } = await ask(client, 'plex');
    await client.call(api.approveAction, { params: { action_id } });
    return outcomeOf(client, action_id);
  };
  const verdict = async () => (await serviceOf(client, 'plex'))?.probe_report?.verdict;
  await expect.poll(verdict, { timeout: 5000 }).toBe('not_answering');
  expect(await restarted()).toMatchObject({ status: 'failed', result: { code: 'not-answering' } });
  status = 200;
  await expect.poll(verdict, { timeout: 5000 }).toBe('answering');
  expect(await restarted()).toMatchObject({ status: 'completed' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
