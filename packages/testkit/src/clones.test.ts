import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub } from '@homelabcmd/hub';
import { readConfig as readHubConfig } from '@homelabcmd/hub/config';
import { api } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentIn } from './agent-in.ts';
import { ApiClient } from './api-client.ts';

const API_KEY = 'the-key-of-the-tests-of-clones-0123456789';
/** Longer than this, two agents with one key may not go unnoticed. */
const NOTICED_WITHIN_MS = 10_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelabcmd-clones-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a server that was cloned while it ran: both are shut off from orders within ten seconds', {
  timeout: 40_000,
}, async () => {
  const settings = {
    ...{ HOMELABCMD_PORT: '0', HOMELABCMD_DATA_DIR: join(folder, 'hub'), HOMELABCMD_API_KEY: API_KEY },
    HOMELABCMD_LOG_LEVEL: 'silent',
  };
  await using hub = await startHub(readHubConfig(settings), pino({ level: 'silent' }));
  const client = new ApiClient(hub.url, API_KEY);
  const params = { server_id: 'nas' };
  const quarantine = async () => (await client.call(api.getServer, { params })).quarantine;
  await using first = await agentIn(join(folder, 'nas'), hub.url, [], await hub.enrol('nas'));
  await expect.poll(() => first.state.linked).toBe(true);

  await cp(join(folder, 'nas'), join(folder, 'clone'), { recursive: true });
  const begunAt = performance.now();
  await using _second = await agentIn(join(folder, 'clone'), hub.url);
  await expect
    .poll(quarantine, { timeout: 2 * NOTICED_WITHIN_MS })
    .toMatchObject({ reason: expect.stringMatching(/^Two agents are connected as nas at the same time/) });
  expect(performance.now() - begunAt).toBeLessThan(NOTICED_WITHIN_MS);
  const { action_id } = await client.call(api.restartService, {
    params: { ...params, service_name: 'plex' },
  });
  await client.call(api.approveAction, { params: { action_id }, body: {} });
  expect((await client.call(api.getAction, { params: { action_id } })).status).toBe('approved');
});
