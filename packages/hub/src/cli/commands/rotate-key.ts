import { join } from 'node:path';
import { MAX_SUCCESSION } from '@homelabcmd/protocol';
import { fingerprintOf } from '@homelabcmd/protocol/link';
import { changeHubKey, HUB_KEY_FILE, type HubKey, readHubKey } from '../../enrolment/hub-key.ts';
import type { LoadedConfig } from '../../config.ts';
import { lockDataDir } from '../../store/lock.ts';
import type { Call, Command } from '../command.ts';
import { readStore } from '../read-store.ts';

export const rotateKey: Command = {
  name: 'rotate-key',
  summary: 'Gives the hub another key, which its agents follow; the hub must be stopped',
  about: [
    'By its key agents know the hub. The old key signs the new one, so that each agent finds it when it next connects, takes it for',
    `good, and answers the old one no more; an agent that was off for up to ${MAX_SUCCESSION} changes finds it too. Nothing has to be enrolled anew.`,
    'With --stolen nothing leads from the old key to the new one, because whoever has the old one could sign as well: every agent',
    'has to be enrolled anew, and tokens that were made and not used are void. What people sign in with stays readable in both cases.',
  ].join('\n'),
  operands: [],
  options: { stolen: { value: null, means: 'somebody else may have the old key' } },
  async run(call) {
    const loaded = call.load();
    const { dataDir } = loaded.config;
    const isStolen = call.has('stolen');
    using _held = lockDataDir(dataDir);
    const before = readHubKey(dataDir);
    const file = join(dataDir, HUB_KEY_FILE);
    if (before === null)
      throw new Error(`There is no key at ${file} yet. The first start of the hub makes it.`);
    const servers = isStolen ? await serversWithAgents(loaded) : [];
    const after = changeHubKey(dataDir, before, isStolen);
    call.say(`The hub has another key: ${nameOf(after)}, in the place of ${nameOf(before)}.`);
    call.say(
      `Copy ${file} to where you keep a copy of it, before you start the hub: the old one is worth nothing then.`,
    );
    if (isStolen) tellOfTheft(call, servers);
    else call.say('Start the hub: each agent takes the new key when it connects.');
    return 0;
  },
};

const nameOf = ({ key }: HubKey): string => fingerprintOf(key.publicKey);

function tellOfTheft({ say }: Call, servers: readonly string[]): void {
  say('No agent answers this key. Start the hub, and enrol these anew («Enrol again…» on the page of each):');
  for (const serverId of servers) say(`  ${serverId}`);
  if (servers.length === 0) say('  (none has enrolled yet)');
  say(
    'Until then each of them still answers whoever has the old key: enrol the ones first that may restart most, or stop their agents.',
  );
  say(
    'Whoever has a copy of the store as well can read the secrets of authenticators in it: have people set theirs up anew.',
  );
}

async function serversWithAgents(loaded: LoadedConfig): Promise<string[]> {
  await using store = await readStore(loaded);
  const rows = await store.db.selectFrom('agent_keys').select('server_id').orderBy('server_id').execute();
  return rows.map(({ server_id }) => server_id);
}
