import { readFileSync } from 'node:fs';
import type { Finding } from '@homelabcmd/protocol/doctor';
import type { ServerConfig } from '../../config.ts';
import type { UnitState } from '../../systemd/port.ts';
import type { World } from '../command.ts';

/** What the checks look at. */
export interface Patient {
  readonly server: ServerConfig;
  readonly world: World;
  /** The agent's own unit, and systemd's version; or why systemd cannot be asked. */
  readonly systemd: { readonly version: string; readonly agent: UnitState } | { readonly problem: string };
}

export type Check = (patient: Patient) => Promise<Finding> | Finding;

export { type Finding, fail, ok, warn } from '@homelabcmd/protocol/doctor';

export const AGENT_UNIT = 'homelabcmd-agent.service';
const AGENT_USER = 'homelabcmd';
export const INSTALL_AGAIN =
  'Install the agent again by the line that the hub shows for this server: its settings are kept.';

/** The agent's main process; `null` where it does not run or is not known. */
export const pidOf = ({ systemd }: Patient): number | null =>
  'agent' in systemd && systemd.agent.mainPid > 0 ? systemd.agent.mainPid : null;

/** The user id of the agent, from the machine's own list of users. */
export function agentUid({ world }: Patient): number | null {
  const fields = entryOf(world.places.passwd, AGENT_USER);
  return fields === null ? null : Number(fields[2]);
}

/** The fields of a line of `/etc/passwd` or `/etc/group`. */
export function entryOf(path: string, name: string): string[] | null {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.split(':')).find(([first]) => first === name) ?? null;
}
