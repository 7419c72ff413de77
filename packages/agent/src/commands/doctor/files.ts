import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { ALLOW_FILE, LOCKOUT_FILE } from '../../config.ts';
import { readRootFile } from '../../services/rules/allow-file.ts';
import { agentUid, type Finding, fail, INSTALL_AGAIN, ok, type Patient, warn } from './check.ts';

/** SHA-256 of the restart script that belongs to this agent. A test keeps it equal to `deploy/restart-service`. */
export const RESTART_SCRIPT_SHA256 = '1e771f2c355b18c653afd613b656a443688013bd0760339acd5572a820af694a';

const GROUP_OR_OTHERS_WRITE = 0o022;
const ALL = 0o7777;

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });
const octal = (stats: Stats): string => (stats.mode & ALL).toString(8);
const isRootsAlone = (stats: Stats, ownerUid: number): boolean =>
  stats.uid === ownerUid && (stats.mode & GROUP_OR_OTHERS_WRITE) === 0;

/** The one door through which the agent asks for a restart: for its user, and root. */
export const socket = (patient: Patient): Finding =>
  door(patient, 'Socket', patient.server.restartSocket, {
    unit: 'homelabcmd-restart.socket',
    without: 'nothing can be restarted',
  });

/** A socket of ours: the agent's user, and root, may connect, and nobody else. */
export function door(
  patient: Patient,
  name: string,
  path: string,
  { unit, without }: { unit: string; without: string },
): Finding {
  const stats = statOf(path);
  if (stats === undefined)
    return fail(name, `there is no ${path}, so ${without}`, `Type: systemctl enable --now ${unit}`);
  if (!stats.isSocket() || stats.uid !== agentUid(patient) || (stats.mode & ALL) !== 0o600)
    return fail(
      name,
      `${path} should be a socket of the user homelabcmd with mode 600; it is of user ${stats.uid} with mode ${octal(stats)}`,
      `Type: systemctl restart ${unit}. If it is so again, see Drop-ins.`,
    );
  return ok(name, `${path} is there, for the agent's user and root alone`);
}

/** Can anybody but root say what is allowed? */
export function lists({ server, world }: Patient): Finding {
  const name = 'Lists';
  const folder = dirname(server.allowFile);
  const folderStats = statOf(folder);
  if (folderStats === undefined) return fail(name, `there is no ${folder}`, INSTALL_AGAIN);
  if (!folderStats.isDirectory() || !isRootsAlone(folderStats, world.ownerUid))
    return fail(
      name,
      `${folder} can be changed by others than root`,
      `Look who has changed it, then type: chown root:root ${folder} && chmod 755 ${folder}`,
    );
  const { allowFile, lockoutFile, limitsFile, approversFile, probeTargetsFile } = server;
  for (const path of [allowFile, lockoutFile, limitsFile, approversFile, probeTargetsFile]) {
    const { problem, fixCommand } = readRootFile(path, world.ownerUid);
    if (problem !== null)
      return fail(name, problem, fixCommand === null ? 'Look at that file.' : `Type: ${fixCommand}`);
    if (statOf(path)?.isSymbolicLink() === true)
      return warn(
        name,
        `${path} is a symbolic link`,
        'Put the file itself there, which only root can change.',
      );
  }
  if (allowFile !== ALLOW_FILE || lockoutFile !== LOCKOUT_FILE)
    return warn(
      name,
      `the agent reads ${allowFile}, and the script that restarts reads ${ALLOW_FILE}: both must name a service`,
      `Take HOMELABCMD_ALLOW_FILE and HOMELABCMD_LOCKOUT_FILE out of ${world.places.settings}.`,
    );
  return ok(name, `only root can change what is in ${folder}`);
}

/** The script that runs as root: is it root's, and the one that this agent knows? */
export function script({ world }: Patient): Finding {
  const name = 'Script';
  const path = world.places.script;
  const stats = statOf(path);
  if (stats === undefined)
    return fail(name, `there is no ${path}, so nothing can be restarted`, INSTALL_AGAIN);
  if (!stats.isFile() || !isRootsAlone(stats, world.ownerUid) || (stats.mode & 0o111) !== 0o111)
    return fail(
      name,
      `${path} should be a program that only root can change; it is of user ${stats.uid} with mode ${octal(stats)}`,
      `It runs as root: look who has changed it. ${INSTALL_AGAIN}`,
    );
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (digest !== RESTART_SCRIPT_SHA256)
    return fail(
      name,
      `${path} is not the one that belongs to this version of the agent (SHA-256 ${digest.slice(0, 16)}…)`,
      `Somebody has changed it, or one of the two is older. ${INSTALL_AGAIN}`,
    );
  return ok(name, `${path} is root's, and the one that belongs to this agent`);
}

/** The settings hold the enrolment token: root writes them, the agent reads them, and nobody else does. */
export function settings({ world }: Patient): Finding {
  const name = 'Settings';
  const path = world.places.settings;
  const stats = statOf(path);
  if (stats === undefined) return fail(name, `there is no ${path}`, INSTALL_AGAIN);
  if (!stats.isFile() || stats.uid !== world.ownerUid || (stats.mode & 0o077) !== 0)
    return fail(
      name,
      `${path} should be of root, with mode 600; it is of user ${stats.uid} with mode ${octal(stats)}`,
      `Type: chown root:root ${path} && chmod 600 ${path}. Then make a new token: others may have read this one.`,
    );
  return ok(name, `${path} can be read and changed by root alone`);
}

/** By whose signature a new version is taken. */
export function releaseKey({ world }: Patient): Finding {
  const name = 'Release key';
  const path = world.places.releaseKey;
  const stats = statOf(path);
  if (stats === undefined) return ok(name, `none is pinned on this server (${path})`);
  if (!stats.isFile() || !isRootsAlone(stats, world.ownerUid))
    return fail(
      name,
      `${path} can be changed by others than root`,
      `Put the right key there, and type: chown root:root ${path} && chmod 644 ${path}`,
    );
  return ok(name, `one is pinned in ${path}`);
}
