import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** What a hub hands out, as the build leaves it. */
export const RELEASE_DIR = fileURLToPath(new URL('../dist/agent', import.meta.url));
const UNPACKED = '/opt/homelabcmd';

/** Installs the built agent by the script that every server gets, from a folder as it is shipped. Fails when it is not built. */
export async function installAgent(server: LabServer, options: AgentInstallation): Promise<void> {
  const folder = await unpackRelease(server);
  const result = await server.exec([
    ...[`${folder}/install-agent.sh`, '--yes', '--hub', options.hubUrl, '--token', options.token],
    ...(options.logs === undefined ? [] : ['--logs', options.logs]),
  ]);
  if (result.code !== 0) throw new Error(`install-agent.sh on ${server.name}: ${result.stderr.trim()}`);
  await allowRestart(server, options.allow ?? []);
}

/** Puts the release where `install-agent.sh` can be run on the server. */
export async function unpackRelease(server: LabServer): Promise<string> {
  if (!existsSync(join(RELEASE_DIR, 'release.json')))
    throw new Error(`there is no built agent in ${RELEASE_DIR}: build it first`);
  await mkdir(server.path(UNPACKED), { recursive: true });
  await cp(RELEASE_DIR, server.path(UNPACKED), { recursive: true, filter: (source) => !isForOthers(source) });
  return UNPACKED;
}

/** Whether it is the agent of another kind of server. */
const isForOthers = (path: string): boolean =>
  /homelabcmd-agent-.*\.gz$/.test(path) && !path.endsWith(`homelabcmd-agent-linux-${process.arch}.gz`);

/** What root types on a server to allow restarts, for these units. */
export async function allowRestart(server: LabServer, units: string[]): Promise<void> {
  if (units.length === 0) return;
  await server.exec(['tee', '-a', '/etc/homelabcmd/restart-allowed'], { input: `${units.join('\n')}\n` });
}
