import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineHub, PLACES, readServerConfig } from '@homelabcmd/agent/rules';
import { type Hub, startHub } from '@homelabcmd/hub';
import { readConfig } from '@homelabcmd/hub/config';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

let folder: string;
let hub: Hub;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelabcmd-doctor-'));
  const settings = {
    HOMELABCMD_HOST: '0.0.0.0',
    HOMELABCMD_PORT: '0',
    HOMELABCMD_DATA_DIR: join(folder, 'hub'),
    HOMELABCMD_API_KEY: 'the-key-of-the-tests-of-the-doctor-0123456',
  };
  hub = await startHub(readConfig(settings), pino({ level: 'silent' }));
  url = `https://127.0.0.1:${new URL(hub.url).port}`;
});
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What the doctor of an agent finds of the hub at an address. */
const examine = (hubUrl: string) => {
  const env = { HOMELABCMD_HUB_URL: hubUrl, HOMELABCMD_STATE_DIR: folder };
  return examineHub({
    server: readServerConfig(env),
    systemd: { problem: 'There is none.' },
    world: {
      ...{ env, uid: 0, ownerUid: 0, hostname: 'media', places: PLACES },
      ...{ openCatalogue: () => Promise.reject(new Error('There is none.')), readJournal: async () => [] },
      ...{ say: () => undefined, note: () => undefined },
    },
  });
};

test('a hub with an authority of its own: taken by the one that the agent keeps, and by no other', async () => {
  const unknown = await examine(url);
  expect(unknown).toEqual([
    expect.objectContaining({ name: 'Hub', state: 'fail', detail: expect.stringContaining('authority') }),
  ]);
  await writeFile(join(folder, 'hub-authority.pem'), hub.authority ?? '');
  const [reached, clock] = await examine(url);
  expect(reached).toMatchObject({
    state: 'ok',
    detail: expect.stringContaining('from the authority that the'),
  });
  expect(clock).toEqual({ name: 'Clock', state: 'ok', detail: "this clock and the hub's agree" });
});

test.each([
  [-40_000, 'warn'],
  [3_600_000, 'fail'],
])('a clock that is %d ms off: %s', async (offMs, state) => {
  const server = createServer((_request, response) => {
    response
      .setHeader('date', new Date(Date.now() + offMs).toUTCString())
      .writeHead(404)
      .end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const findings = await examine(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(findings.map((one) => [one.name, one.state])).toEqual([
    ['Hub', 'ok'],
    ['Clock', state],
  ]);
});

test('an address that cannot be is said with the file to change', async () => {
  expect(await examine('http://hub.example.org')).toEqual([
    expect.objectContaining({ state: 'fail', todo: 'Change that in /etc/homelabcmd/agent.env.' }),
  ]);
});
