import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCommand } from '@homelabcmd/hub/command';
import { api } from '@homelabcmd/protocol';
import { fingerprintOf, keyPairFromPem } from '@homelabcmd/protocol/link';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { agentIn } from '../agent-in.ts';
import { RelayedHouse } from './relayed-house.ts';

const params = { server_id: 'nas' };
let folder: string;
let stack: AsyncDisposableStack;
let house: RelayedHouse;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelabcmd-keys-'));
  stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  house = await RelayedHouse.open(folder);
  stack.use(house);
});
afterEach(() => stack.disposeAsync());

const keyFile = (name = 'agent-key') => join(folder, 'nas', name);
const keyOfAgent = () => fingerprintOf(keyPairFromPem(readFileSync(keyFile(), 'utf8')).publicKey);
const ask = () => house.client.call(api.renewAgentKey, { params });

/** However it came about: one key on both sides, one change in the audit, nobody in quarantine, and the two talk. */
async function hasChanged(before: string): Promise<boolean> {
  await vi.waitFor(
    () => expect([keyOfAgent() === before, existsSync(keyFile('agent-key.next'))]).toEqual([false, false]),
    { timeout: 20_000 },
  );
  await house.linked();
  const changes = await house.audited('agent.key_changed');
  expect(changes.map(({ detail }) => detail)).toEqual([{ from: before, to: keyOfAgent() }]);
  expect((await house.client.call(api.getServer, { params })).quarantine).toBeUndefined();
  expect(await house.audited('agent.old_key_shown')).toEqual([]);
  // A new process has nothing but what is on the disk.
  await house.stopAgent();
  await house.startAgent();
  await house.linked();
  return true;
}

test('an agent gets a new key while it runs', { timeout: 40_000 }, async () => {
  const before = keyOfAgent();
  expect((await ask()).told).toBe(true);
  expect(await hasChanged(before)).toBe(true);
});

test('what the agent tells of its new key is lost on the way', { timeout: 40_000 }, async () => {
  const before = keyOfAgent();
  const stopped = house.stop('new_key');
  await ask();
  (await stopped).cut();
  expect(await hasChanged(before)).toBe(true);
});

test('the hub has the new key, and its answer is lost on the way', { timeout: 40_000 }, async () => {
  const before = keyOfAgent();
  const stopped = house.stop('key_taken');
  await ask();
  const { cut } = await stopped;
  expect(await house.audited('agent.key_changed')).toHaveLength(1);
  expect(keyOfAgent()).toBe(before);
  cut();
  expect(await hasChanged(before)).toBe(true);
});

test('the agent ends when its new key is on its disk, and before the hub has heard of it', {
  timeout: 40_000,
}, async () => {
  const before = keyOfAgent();
  const stopped = house.stop('new_key');
  await ask();
  await stopped;
  await house.stopAgent();
  expect(await house.audited('agent.key_changed')).toEqual([]);
  await house.startAgent();
  expect(await hasChanged(before)).toBe(true);
});

test('the agent ends when the hub has its new key, and before it has heard so', {
  timeout: 40_000,
}, async () => {
  const before = keyOfAgent();
  const stopped = house.stop('key_taken');
  await ask();
  await stopped;
  await house.stopAgent();
  expect([keyOfAgent(), existsSync(keyFile('agent-key.next'))]).toEqual([before, true]);
  await house.startAgent();
  expect(await hasChanged(before)).toBe(true);
});

test.each(['new_key', 'key_taken'] as const)(
  'the hub ends when %s is on its way',
  { timeout: 40_000 },
  async (type) => {
    const before = keyOfAgent();
    const stopped = house.stop(type);
    await ask();
    await stopped;
    await house.stopHub();
    await house.startHub();
    expect(await hasChanged(before)).toBe(true);
  },
);

test('a clone with the old key is turned away, and the agent is not disturbed', {
  timeout: 40_000,
}, async () => {
  const before = keyOfAgent();
  await cp(join(folder, 'nas'), join(folder, 'clone'), { recursive: true });
  await ask();
  expect(await hasChanged(before)).toBe(true);
  const said: string[] = [];
  await using clone = await agentIn(join(folder, 'clone'), house.hub?.url ?? '', said);
  await vi.waitFor(() => expect(said.join()).toContain('not_enrolled'), { timeout: 20_000 });
  expect(clone.state.linked).toBe(false);
  expect(house.agent?.state.linked).toBe(true);
  expect((await house.client.call(api.getServer, { params })).quarantine).toBeUndefined();
});

/** Runs a command of the hub on its folder, which no hub holds. */
async function command(...words: string[]): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const around = { environment: {}, out: nowhere, err: nowhere };
  const code = await runCommand([...words, '--data-dir', join(folder, 'hub')], around);
  expect(code).toBe(0);
}

test('an agent that was off follows the hub through two changes of its key, and answers a key of before no more', {
  timeout: 60_000,
}, async () => {
  const hubKey = join(folder, 'hub', 'hub-key');
  const old = readFileSync(hubKey);
  await house.stopAgent();
  for (let n = 0; n < 2; n += 1) {
    await house.stopHub();
    await command('rotate-key');
    await house.startHub();
  }
  await house.startAgent();
  await house.linked();

  await house.stopAgent();
  await house.stopHub();
  const newest = readFileSync(hubKey);
  writeFileSync(hubKey, old);
  await house.startHub();
  house.said.length = 0;
  await house.startAgent();
  await vi.waitFor(
    () =>
      expect(house.said.join()).toMatch(/is not answered, and was told nothing.* put back from an old copy/),
    {
      timeout: 20_000,
    },
  );
  expect(house.agent?.state.linked).toBe(false);

  await house.stopAgent();
  await house.stopHub();
  writeFileSync(hubKey, newest);
  await house.startHub();
  await house.startAgent();
  await house.linked();
});

test('after a theft no agent follows: it is enrolled anew, and then answers the new key alone', {
  timeout: 60_000,
}, async () => {
  const hubKey = join(folder, 'hub', 'hub-key');
  const stolen = readFileSync(hubKey);
  await house.stopAgent();
  await house.stopHub();
  await command('rotate-key', '--stolen');
  await house.startHub();
  house.said.length = 0;
  await house.startAgent();
  await vi.waitFor(
    () => expect(house.said.join()).toContain('it is not the hub that this agent was enrolled with'),
    {
      timeout: 20_000,
    },
  );
  await house.stopAgent();
  await house.startAgent(await house.hub?.enrol('nas'));
  await house.linked();

  await house.stopAgent();
  await house.stopHub();
  writeFileSync(hubKey, stolen);
  await house.startHub();
  house.said.length = 0;
  await house.startAgent();
  await vi.waitFor(() => expect(house.said.join()).toContain('is not answered, and was told nothing'), {
    timeout: 20_000,
  });
});
