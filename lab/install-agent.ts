import { cp, mkdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_ON_SERVER } from './boot.ts';
import type { LabServer } from './server.ts';

export interface AgentInstallation {
  /** Where the agent reaches the hub: `ws://127.0.0.1:<port>` from a server that shares this machine's network. */
  hubUrl: string;
  /** Enrolment token of this server. */
  token: string;
  /** Units that may be restarted; none when left out: the agent only watches. */
  allow?: string[];
  /** What of its journal the server shows; as the installer chooses when left out. */
  logs?: 'none' | 'watched' | 'all';
}

const DEPLOY_DIR = fileURLToPath(new URL('../deploy', import.meta.url));
const AGENT_BUNDLE = fileURLToPath(new URL('../packages/agent/dist/agent.mjs', import.meta.url));
const UNPACKED = '/opt/homelabcmd';

/** Installs the built agent by the script that every server gets, from a folder as it is shipped. Fails when it is not built. */
export async function installAgent(server: LabServer, options: AgentInstallation): Promise<void> {
  if (!existsSync(AGENT_BUNDLE))
    throw new Error(`there is no built agent at ${AGENT_BUNDLE}: build it first`);
  await unpackDeployFolder(server, await readFile(AGENT_BUNDLE, 'utf8'));
  const result = await server.exec([
    ...[`${UNPACKED}/install-agent.sh`, '--node', NODE_ON_SERVER],
    ...['--hub', options.hubUrl, '--token', options.token],
    ...(options.logs === undefined ? [] : ['--logs', options.logs]),
  ]);
  if (result.code !== 0) throw new Error(`install-agent.sh on ${server.name}: ${result.stderr.trim()}`);
  await allowRestart(server, options.allow ?? []);
}

/** Puts the shipped folder, with this text as its agent, where `install-agent.sh` can be run on the server. */
export async function unpackDeployFolder(server: LabServer, agent: string): Promise<string> {
  await mkdir(server.path(UNPACKED), { recursive: true });
  await cp(DEPLOY_DIR, server.path(UNPACKED), {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });
  await server.write(join(UNPACKED, 'agent.mjs'), agent);
  return UNPACKED;
}

/** What root types on a server to allow restarts, for these units. */
export async function allowRestart(server: LabServer, units: string[]): Promise<void> {
  if (units.length === 0) return;
  await server.exec(['tee', '-a', '/etc/homelabcmd/restart-allowed'], { input: `${units.join('\n')}\n` });
}
