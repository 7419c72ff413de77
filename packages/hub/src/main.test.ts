import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Action } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { FACTS, failedReport, TestAgent } from '../test/agent-fixture.ts';
import { API_KEY, disposableFolder } from '../test/hub-fixture.ts';
import { call, HubProcess } from '../test/hub-process.ts';

const SLOW = { timeout: 40_000 };

test('what was answered 201 is there after SIGKILL, and the hub simply starts again', SLOW, async () => {
  using folder = disposableFolder();
  const settings = { HOMELABCMD_DATA_DIR: folder.path };
  await using first = new HubProcess(settings);
  const url = await first.url();
  await call(url, 'POST', '/servers', { server_id: 'nas' });
  const pending = await call<Action>(url, 'POST', '/servers/nas/services/plex/restart');
  const other = await call<Action>(url, 'POST', '/servers/nas/services/sonarr/restart');
  const approved = await call<Action>(url, 'POST', `/actions/${other.action_id}/approve`);
  first.kill('SIGKILL');
  expect(await first.ended()).toBe('SIGKILL');

  await using second = new HubProcess(settings);
  const again = await second.url();
  expect(await call(again, 'GET', `/actions/${pending.action_id}`)).toEqual(pending);
  expect(await call(again, 'GET', `/actions/${approved.action_id}`)).toEqual(approved);
});

test(
  'a signal to stop ends the process quickly and well, with a stream and an agent open',
  SLOW,
  async () => {
    using folder = disposableFolder();
    await using hub = new HubProcess({ HOMELABCMD_DATA_DIR: folder.path });
    const url = await hub.url();
    const stream = await fetch(`${url}/api/v1/events`, { headers: { 'x-api-key': API_KEY } });
    const agent = await enrolled(url);
    const beforeMs = performance.now();
    hub.kill('SIGTERM');
    expect(await hub.ended()).toBe(0);
    expect(performance.now() - beforeMs).toBeLessThan(3000);
    expect((await agent.frame('goodbye')).code).toBe('hub_stopping');
    await stream.body?.cancel().catch(() => {});
  },
);

test(
  'a reader of the stream that stopped reading, and went, does not keep the hub from ending',
  SLOW,
  async () => {
    using folder = disposableFolder();
    await using hub = new HubProcess({ HOMELABCMD_DATA_DIR: folder.path });
    const url = new URL(await hub.url());
    const agent = await enrolled(url.origin);
    const reader = connect(Number(url.port), url.hostname);
    await new Promise((resolve) => reader.once('connect', resolve));
    reader.pause();
    reader.write(`GET /api/v1/events HTTP/1.1\r\nHost: hub\r\nX-API-Key: ${API_KEY}\r\n\r\n`);
    const { why } = failedReport('plex.service');
    const line = {
      at: '2026-01-01T00:00:00.000Z',
      identifier: 'plex',
      pid: 1,
      priority: 3,
      message: 'x'.repeat(2000),
    };
    const journal = Array.from({ length: 50 }, () => line);
    // More than the buffers of both ends can hold.
    for (let restarts = 0; restarts < 150; restarts += 1)
      agent.reports([failedReport('plex.service', { restarts, why: why && { ...why, journal } })]);
    await agent.settled();
    reader.destroy();
    await agent.settled();
    hub.kill('SIGTERM');
    expect(await hub.ended()).toBe(0);
  },
);

test('when the port is taken it says so, and how to choose another', SLOW, async () => {
  using folder = disposableFolder();
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  await using hub = new HubProcess({ HOMELABCMD_DATA_DIR: folder.path, HOMELABCMD_PORT: String(port) });
  expect(await hub.ended()).toBe(1);
  expect(hub.output.trim()).toBe(
    `Port ${port} on 127.0.0.1 is taken. Stop what uses it, or choose another with HOMELABCMD_PORT.`,
  );
  taken.close();
});

test(
  'when another hub holds the data folder it says so; when that one was killed, the folder is free',
  SLOW,
  async () => {
    using folder = disposableFolder();
    const settings = { HOMELABCMD_DATA_DIR: folder.path };
    await using holder = new HubProcess(settings);
    await holder.url();
    await using second = new HubProcess(settings);
    expect(await second.ended()).toBe(1);
    expect(second.output.trim()).toBe(
      `The hub cannot start: Another hub is running on the data folder ${folder.path}. Stop it first, or set HOMELABCMD_DATA_DIR.`,
    );
    holder.kill('SIGKILL');
    await holder.ended();
    await using third = new HubProcess(settings);
    await third.url();
  },
);

test('settings that cannot be used are named, each with a sentence', SLOW, async () => {
  await using hub = new HubProcess({ HOMELABCMD_PORT: 'eighty', HOMELABCMD_LOCAL_AGENT: 'yes' });
  expect(await hub.ended()).toBe(1);
  expect(hub.output).toMatch(/HOMELABCMD_PORT: /);
  expect(hub.output).toMatch(/HOMELABCMD_LOCAL_AGENT: /);
  expect(hub.output).not.toMatch(/at .*\.ts:\d+/);
});

test('a data folder that this user may not write is named', SLOW, async () => {
  using folder = disposableFolder();
  chmodSync(folder.path, 0o755);
  const dataDir = join(folder.path, 'data');
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  if (!('uid' in asNobody)) chmodSync(folder.path, 0o555);
  await using unmakeable = new HubProcess({ HOMELABCMD_DATA_DIR: dataDir }, asNobody);
  expect(await unmakeable.ended()).toBe(1);
  expect(unmakeable.output.trim()).toBe(
    `The hub cannot start: this user may not write to the data folder ${dataDir}. Choose another with HOMELABCMD_DATA_DIR.`,
  );
  expect(existsSync(dataDir)).toBe(false);
  chmodSync(folder.path, 0o755);
  mkdirSync(dataDir, { mode: 0o555 });
  await using unwritable = new HubProcess({ HOMELABCMD_DATA_DIR: dataDir }, asNobody);
  expect(await unwritable.ended()).toBe(1);
  expect(unwritable.output).toContain(`may not write to the data folder ${dataDir}`);
});

test(
  'the first start without a key makes one, prints it once, and it works; nothing else is printed of it',
  SLOW,
  async () => {
    using folder = disposableFolder();
    const settings = { HOMELABCMD_DATA_DIR: folder.path, HOMELABCMD_API_KEY: '' };
    await using first = new HubProcess(settings);
    const url = await first.url();
    const key = /Sign in {3}(hlck_\S+)/.exec(first.output)?.[1] ?? '';
    expect((await fetch(`${url}/api/v1/servers`, { headers: { 'x-api-key': key } })).status).toBe(200);
    first.kill('SIGINT');
    expect(await first.ended()).toBe(0);
    await using second = new HubProcess(settings);
    const again = await second.url();
    expect(second.output).not.toContain('hlck_');
    expect((await fetch(`${again}/api/v1/servers`, { headers: { 'x-api-key': key } })).status).toBe(200);
  },
);

async function enrolled(url: string): Promise<TestAgent> {
  const { token } = await call<{ token: string }>(url, 'POST', '/servers/nas/enrolment');
  const agent = await new TestAgent(url).opened();
  agent.hello(token, FACTS);
  await agent.frame('welcome');
  return agent;
}
