import { join } from 'node:path';
import { ConfigError, type LoadedConfig } from '../../config.ts';
import { lookAtStore } from '../../store/hub-store.ts';
import { STORE_FILE } from '../../store/open.ts';
import { wordsOf } from '../../store/postgres/outage.ts';
import type { Call, Command } from '../command.ts';
import { type Check, fail, type Finding, type Patient } from '../doctor/check.ts';
import { dataFolder, freeSpace, settingsFile } from '../doctor/data-folder.ts';
import { hubKey } from '../doctor/hub-key.ts';
import { node, parts } from '../doctor/parts.ts';
import { publicAddress, runningHub } from '../doctor/reach.ts';
import { auditChain, clock, eventLog, storeHealth } from '../doctor/store.ts';

const CHECKS: readonly Check[] = [
  node,
  settingsFile,
  dataFolder,
  hubKey,
  freeSpace,
  storeHealth,
  auditChain,
  eventLog,
  runningHub,
  publicAddress,
  parts,
  clock,
];

export const doctor: Command = {
  name: 'doctor',
  summary: 'Checks what the hub needs, and says what to do about what is wrong',
  about:
    'Changes nothing, and may run while the hub does. Exit code 1 when a check failed; a warning is no failure.',
  operands: [],
  options: { json: { value: null, means: 'for programs' } },
  async run(call) {
    const { findings, loaded } = await examine(call);
    const isHealthy = findings.every(({ state }) => state !== 'fail');
    const settings = (loaded?.origins ?? []).map(({ name, shown, from }) => ({ name, value: shown, from }));
    if (call.has('json'))
      call.say(JSON.stringify({ healthy: isHealthy, checks: findings, settings }, null, 2));
    else report(call, findings, loaded);
    return isHealthy ? 0 : 1;
  },
};

async function examine(call: Call): Promise<{ findings: Finding[]; loaded: LoadedConfig | null }> {
  let loaded: LoadedConfig;
  try {
    loaded = call.load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      findings: [
        node(),
        fail('Settings', error.message, 'Change that; docs/configuration.md lists every setting.'),
      ],
      loaded: null,
    };
  }
  const { dataDir } = loaded.config;
  const patient = { loaded, storeFile: join(dataDir, STORE_FILE), store: await lookAtPlace(loaded) };
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(await check(patient));
  return { findings, loaded };
}

async function lookAtPlace({ config }: LoadedConfig): Promise<Patient['store']> {
  try {
    return await lookAtStore(config);
  } catch (error) {
    if (config.databaseUrl === null) throw error;
    return { kind: 'unreachable', why: wordsOf(error) };
  }
}

function report({ say }: Call, findings: readonly Finding[], loaded: LoadedConfig | null): void {
  for (const { name, state, detail, todo } of findings) {
    say(`${state.padEnd(4)}  ${name.padEnd(11)}  ${detail}`);
    if (todo !== undefined) say(`${' '.repeat(19)}→ ${todo}`);
  }
  const given = (loaded?.origins ?? []).filter(({ from }) => from !== 'default');
  if (given.length === 0) return;
  say('');
  for (const { name, shown, from } of given) say(`${name}=${shown}  (${from})`);
}
