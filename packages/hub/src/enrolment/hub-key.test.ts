import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectAgent } from '../../test/agent-fixture.ts';
import { disposableFolder, startTestHub } from '../../test/hub-fixture.ts';
import { openHubKey } from './hub-key.ts';

test('the key is made once, is the owner’s alone, and is the same ever after', () => {
  using folder = disposableFolder();
  const made = openHubKey(folder.path);
  expect(statSync(join(folder.path, 'hub-key')).mode & 0o777).toBe(0o600);
  expect(openHubKey(folder.path).key.publicKey).toBe(made.key.publicKey);
});

test.each(['', 'no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
  'a file that holds %j is not replaced: the start fails, and says what to do',
  (content) => {
    using folder = disposableFolder();
    const file = join(folder.path, 'hub-key');
    writeFileSync(file, content);
    expect(() => openHubKey(folder.path)).toThrow(/hub-key holds no key .* enrolled anew/);
    expect(readFileSync(file, 'utf8')).toBe(content);
  },
);

test('a hub that starts again is known to its agents, and its key is in no row of the store', async () => {
  using folder = disposableFolder();
  let before: { hubKey: string; agent: Awaited<ReturnType<typeof connectAgent>> };
  {
    await using hub = await startTestHub({ dataDir: folder.path });
    before = { hubKey: hub.hub.publicKey, agent: await connectAgent(hub, 'nas') };
  }
  await using hub = await startTestHub({ dataDir: folder.path });
  expect(hub.hub.publicKey).toBe(before.hubKey);
  await using agent = await connectAgent(hub, 'nas', { key: before.agent.key });
  await agent.settled();
});
