import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { type Hub, startHub } from '@homelabcmd/hub';
import { readConfig as readHubConfig } from '@homelabcmd/hub/config';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agentIn } from './agent-in.ts';

const API_KEY = 'the-key-of-the-tests-of-authorities-012345';
let folder: string;
const cleanUps: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelabcmd-authority-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await rm(folder, { recursive: true, force: true });
});

/** A hub that speaks TLS by its own authority, and its address by which an agent on this machine goes through that. */
async function hubOverTls(name: string): Promise<{ hub: Hub; url: string }> {
  const settings = {
    HOMELABCMD_HOST: '0.0.0.0',
    HOMELABCMD_PORT: '0',
    HOMELABCMD_DATA_DIR: join(folder, name),
    HOMELABCMD_API_KEY: API_KEY,
  };
  const hub = await startHub(readHubConfig(settings), pino({ level: 'silent' }));
  cleanUps.push(async () => hub[Symbol.asyncDispose]());
  return { hub, url: `https://127.0.0.1:${new URL(hub.url).port}` };
}

async function startIn(stateDir: string, hubUrl: string, token: string) {
  const said: string[] = [];
  const agent = await agentIn(stateDir, hubUrl, said, token);
  cleanUps.push(async () => agent[Symbol.asyncDispose]());
  return { agent, said };
}

test('an agent takes the authority that its token names, keeps it, and needs the token no more', async () => {
  const { hub, url } = await hubOverTls('hub');
  const stateDir = join(folder, 'state');
  const first = await startIn(stateDir, url, await hub.enrol('media'));
  await vi.waitFor(() => expect(first.agent.state.linked).toBe(true), { timeout: 10_000 });
  const kept = join(stateDir, 'hub-authority.pem');
  expect(await readFile(kept, 'utf8')).toBe(hub.authority);
  await first.agent[Symbol.asyncDispose]();
  const again = await startIn(stateDir, url, '');
  await vi.waitFor(() => expect(again.agent.state.linked).toBe(true), { timeout: 10_000 });
});

test('a hub with another authority is told nothing, whatever it hands out', async () => {
  const [ours, other] = [await hubOverTls('hub'), await hubOverTls('other')];
  const stateDir = join(folder, 'state');
  const { agent, said } = await startIn(stateDir, other.url, await ours.hub.enrol('media'));
  await vi.waitFor(
    () => expect(said.join()).toContain('not from the authority that the enrolment token names'),
    {
      timeout: 10_000,
    },
  );
  expect([agent.state.linked, existsSync(join(stateDir, 'hub-authority.pem'))]).toEqual([false, false]);
});

test('an agent that knows its authority does not take a hub that shows another', async () => {
  const [ours, other] = [await hubOverTls('hub'), await hubOverTls('other')];
  const stateDir = join(folder, 'state');
  const first = await startIn(stateDir, ours.url, await ours.hub.enrol('media'));
  await vi.waitFor(() => expect(first.agent.state.linked).toBe(true), { timeout: 10_000 });
  await first.agent[Symbol.asyncDispose]();
  const { agent, said } = await startIn(stateDir, other.url, '');
  await vi.waitFor(
    () => expect(said.join()).toMatch(/is from an authority that this agent does not know|CERT_SIGNATURE/),
    {
      timeout: 10_000,
    },
  );
  expect(agent.state.linked).toBe(false);
  await writeFile(join(stateDir, 'hub-authority.pem'), 'torn');
  const torn = await startIn(stateDir, ours.url, '');
  await vi.waitFor(() => expect(torn.said.join()).toContain('hub-authority.pem holds no certificate'), {
    timeout: 10_000,
  });
});

test('once an authority is named, none of the others counts any more', async () => {
  const [ours, other] = [await hubOverTls('hub'), await hubOverTls('other')];
  // As if this machine knew the other hub's authority, like any of the hundred that it comes with.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), other.hub.authority ?? '']);
  await expect(fetch(`${other.url}/healthz`)).resolves.toMatchObject({ status: 200 });
  const first = await startIn(join(folder, 'state'), ours.url, await ours.hub.enrol('media'));
  await vi.waitFor(() => expect(first.agent.state.linked).toBe(true), { timeout: 10_000 });
  expect(tls.getCACertificates('default').map((pem) => pem.trim())).toEqual([ours.hub.authority?.trim()]);
});
