import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry, Session } from '@homelabcmd/protocol';
import { keysBefore, newKeyPair, readEnrolmentToken } from '@homelabcmd/protocol/link';
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { connectAgent, TestAgent } from '../../../test/agent-fixture.ts';
import { homelabcmd } from '../../../test/command-fixture.ts';
import { disposableFolder, HeldClock, startTestHub, type TestHub } from '../../../test/hub-fixture.ts';
import { callerWith, cookieOf, PASSWORD } from '../../../test/people/people-fixture.ts';
import { readHubKey } from '../../enrolment/hub-key.ts';

const rotate = (dataDir: string, ...more: string[]) =>
  homelabcmd(['rotate-key', '--data-dir', dataDir, ...more]);

/** Runs a hub on this folder once. */
async function once<T>(
  dataDir: string,
  act: (hub: TestHub) => Promise<T>,
  clock = new HeldClock(),
): Promise<T> {
  await using hub = await startTestHub({ dataDir, clock });
  return await act(hub);
}

async function changesOfKey(hub: TestHub): Promise<unknown[]> {
  const { body } = await hub.call<{ entries: AuditEntry[] }>('GET', '/audit?verb=hub.key_changed');
  return body.entries.map(({ actor, detail }) => [actor, detail['followed']]);
}

test('the hub gets another key that the one before has signed; the file is the owner’s alone, and the old key is in it no more', async () => {
  using folder = disposableFolder();
  const before = await once(folder.path, async ({ hub }) => hub.publicKey);
  const oldFile = readFileSync(join(folder.path, 'hub-key'), 'utf8');
  const { code, out } = await rotate(folder.path);
  expect(code).toBe(0);
  expect(out).toContain('Start the hub: each agent takes the new key when it connects.');
  const file = readFileSync(join(folder.path, 'hub-key'), 'utf8');
  expect(statSync(join(folder.path, 'hub-key')).mode & 0o777).toBe(0o600);
  const secret = oldFile.split('\n')[1] ?? '';
  expect([secret.length > 40, file.includes(secret)]).toEqual([true, false]);
  for (const line of [
    secret,
    ...file.split('\n').filter((each) => each.length > 20 && !each.startsWith('before')),
  ])
    expect(out).not.toContain(line.split(' ').at(-1));
  const after = readHubKey(folder.path);
  expect(keysBefore(after?.key.publicKey ?? '', after?.succession ?? [])).toEqual([before]);
  await once(folder.path, async (hub) => {
    expect(hub.hub.publicKey).toBe(after?.key.publicKey);
    await using agent = await new TestAgent(hub.url).opened();
    agent.hello(await hub.hub.enrol('nas'));
    await agent.frame('welcome');
    expect(agent.challenge?.succession).toEqual(after?.succession);
    expect(await changesOfKey(hub)).toEqual([['console', true]]);
  });
  // Once: the next start finds what it knows.
  await once(folder.path, async (hub) => expect(await changesOfKey(hub)).toHaveLength(1));
});

test('while a hub runs on the folder nothing is changed', async () => {
  await using hub = await startTestHub();
  const file = readFileSync(join(hub.dataDir, 'hub-key'), 'utf8');
  const { code, err } = await rotate(hub.dataDir);
  expect([code, readFileSync(join(hub.dataDir, 'hub-key'), 'utf8')]).toEqual([1, file]);
  expect(err).toContain('Another hub is running on the data folder');
});

test('cut short before the new file has its name, there is the old key as a whole', async () => {
  using folder = disposableFolder();
  await once(folder.path, async () => undefined);
  const file = readFileSync(join(folder.path, 'hub-key'), 'utf8');
  mkdirSync(join(folder.path, 'hub-key.new'));
  expect((await rotate(folder.path)).code).toBe(1);
  expect(readFileSync(join(folder.path, 'hub-key'), 'utf8')).toBe(file);
  rmSync(join(folder.path, 'hub-key.new'), { recursive: true });
  writeFileSync(join(folder.path, 'hub-key.new'), 'half of a k');
  expect((await rotate(folder.path)).code).toBe(0);
  expect(readHubKey(folder.path)?.succession).toHaveLength(1);
});

test('where there is no key yet none is made', async () => {
  using folder = disposableFolder();
  const { code, err } = await rotate(folder.path);
  expect(code).toBe(1);
  expect(err).toContain('The first start of the hub makes it.');
});

test('agents keep their place, and a token of before the change still brings one in', async () => {
  using folder = disposableFolder();
  const [known, token] = await once(folder.path, async (hub) => {
    await using agent = await connectAgent(hub, 'nas');
    return [agent.key, await hub.hub.enrol('attic')] as const;
  });
  await rotate(folder.path);
  await once(folder.path, async (hub) => {
    await using agent = await connectAgent(hub, 'nas', { key: known });
    await using attic = await connectAgent(hub, 'attic', { token });
    await Promise.all([agent.settled(), attic.settled()]);
    expect(hub.rows('SELECT server_id FROM agent_keys ORDER BY server_id')).toEqual([
      { server_id: 'attic' },
      { server_id: 'nas' },
    ]);
  });
});

test('after a theft nothing leads to the new key: the agents are named, and the tokens of before are void', async () => {
  using folder = disposableFolder();
  const token = await once(folder.path, async (hub) => {
    await using nas = await connectAgent(hub, 'nas');
    await using pi = await connectAgent(hub, 'pi');
    await Promise.all([nas.settled(), pi.settled()]);
    return hub.hub.enrol('attic');
  });
  await rotate(folder.path);
  const { code, out } = await rotate(folder.path, '--stolen');
  expect(code).toBe(0);
  expect(out).toMatch(/No agent answers this key\. [\s\S]*\n {2}nas\n {2}pi\n/);
  expect(out).not.toContain('attic');
  expect(readHubKey(folder.path)?.succession).toEqual([]);
  await once(folder.path, async (hub) => {
    expect(await changesOfKey(hub)).toEqual([['console', false]]);
    expect(JSON.stringify(hub.logLines)).toContain('agents do not answer until the newest hub-key is back');
    await using attic = await new TestAgent(hub.url).opened();
    attic.hello(token);
    expect((await attic.frame('goodbye')).code).toBe('not_enrolled');
    // What is made now names the key that is there now.
    expect(readEnrolmentToken(await hub.hub.enrol('attic'))).not.toBeNull();
  });
});

test.each([[[]], [['--stolen']]])('authenticators go on working after rotate-key %j, twice', async (more) => {
  using folder = disposableFolder();
  const clock = new HeldClock();
  const code = (secret: string) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.nowMs() });
  const secret = await once(
    folder.path,
    async (hub) => {
      const anna = { token: hub.hub.setUpToken, name: 'Anna', password: PASSWORD };
      const joined = await hub.call<Session>('POST', '/setup', anna, { 'x-api-key': '' });
      const caller = callerWith(hub, 'Anna', '', cookieOf(joined));
      const { body } = await caller.call<{ secret: string }>('POST', '/account/totp');
      await caller.call('PUT', '/account/totp', { totp_code: code(body.secret) });
      return body.secret;
    },
    clock,
  );
  for (let n = 0; n < 2; n += 1) {
    expect((await rotate(folder.path, ...more)).code).toBe(0);
    clock.advance(60_000);
    const status = await once(
      folder.path,
      async (hub) => {
        const given = { name: 'Anna', password: PASSWORD, totp_code: code(secret) };
        return (await hub.call('POST', '/session', given, { 'x-api-key': '' })).status;
      },
      clock,
    );
    expect(status).toBe(200);
  }
});

test('the doctor sees that an old copy of the key was put back, and nothing wrong in a change that is to come', async () => {
  using folder = disposableFolder();
  await once(folder.path, async () => undefined);
  const old = readFileSync(join(folder.path, 'hub-key'));
  const found = async () => {
    const { out } = await homelabcmd(['doctor', '--json', '--data-dir', folder.path]);
    return (JSON.parse(out) as { checks: { name: string }[] }).checks.find(({ name }) => name === 'Hub key');
  };
  await rotate(folder.path);
  expect(await found()).toMatchObject({ state: 'ok' });
  await once(folder.path, async () => undefined);
  expect(await found()).toMatchObject({ state: 'ok' });
  writeFileSync(join(folder.path, 'hub-key'), old);
  expect(await found()).toMatchObject({
    state: 'warn',
    detail: expect.stringContaining('an old copy was likely put back'),
  });
});

test.each(['vault x', 'before x y', `other ${newKeyPair().publicKey}`, 'vault'])(
  'a file with the line %j is no key: it is not taken for one without it',
  async (line) => {
    using folder = disposableFolder();
    await once(folder.path, async () => undefined);
    const file = join(folder.path, 'hub-key');
    const text = `${readFileSync(file, 'utf8')}${line}\n`;
    writeFileSync(file, text);
    expect((await rotate(folder.path)).err).toContain('holds no key that can be read');
    await expect(startTestHub({ dataDir: folder.path })).rejects.toThrow('holds no key that can be read');
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
