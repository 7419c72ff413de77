import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { textIfThere } from '../../durable-file.ts';
import { codeOf } from '../../log.ts';
import { agentUid, type Finding, fail, INSTALL_AGAIN, ok, type Patient, warn } from './check.ts';

const MIB = 1024 * 1024;
const SCARCE_BYTES = 200 * MIB;
const TOO_LITTLE_BYTES = 20 * MIB;

/** Does the agent have a key of its own, and the key of its hub? */
export function enrolment(patient: Patient): Finding {
  const name = 'Enrolment';
  const { stateDir } = patient.server;
  const [keyPath, pinPath] = [join(stateDir, 'agent-key'), join(stateDir, 'hub-key')];
  const stats = statSync(keyPath, { throwIfNoEntry: false });
  if (stats === undefined)
    return fail(
      name,
      `the agent has made no key yet (${keyPath})`,
      'See Agent: it makes one when it starts.',
    );
  if (stats.uid !== agentUid(patient) || (stats.mode & 0o077) !== 0)
    return fail(
      name,
      `${keyPath} can be read by others than the agent`,
      `Remove it, and enrol this server anew: whoever has read it can be this agent.`,
    );
  if ((textIfThere(pinPath) ?? '').trim() === '')
    return fail(
      name,
      'no hub has taken this agent yet',
      'See Hub. A token works once and for an hour: make a new one on the hub, and type the line that it shows.',
    );
  return ok(name, 'the agent knows its hub by its key');
}

/** Before anything runs it is written down, or it does not run: is there a place for that? */
export function orders(patient: Patient): Finding {
  const name = 'Orders';
  const { stateDir, ordersDir } = patient.server;
  const path = join(stateDir, 'orders.jsonl');
  const uid = agentUid(patient);
  for (const place of [stateDir, path]) {
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats === undefined) return fail(name, `there is no ${place}`, INSTALL_AGAIN);
    if (stats.uid !== uid || (stats.mode & 0o200) === 0)
      return fail(
        name,
        `the agent cannot write ${place}, so it refuses every order`,
        `Type: chown -R homelabcmd:homelabcmd ${stateDir} && chmod u+rwX ${stateDir}`,
      );
  }
  for (const place of [stateDir, ordersDir]) {
    const problem = diskProblem(place);
    if (problem !== null) return problem;
  }
  return ok(name, `there is room for them in ${stateDir} and ${ordersDir}`);
}

function diskProblem(place: string): Finding | null {
  const name = 'Orders';
  // systemd makes it for the first order.
  if (statSync(place, { throwIfNoEntry: false }) === undefined) return null;
  try {
    accessSync(place, constants.W_OK);
  } catch (cause) {
    return fail(
      name,
      `${place} cannot be written to (${codeOf(cause)})`,
      `Look at its disk: findmnt -T ${place}`,
    );
  }
  const { bavail, bsize } = statfsSync(place);
  const freeBytes = bavail * bsize;
  const words = `${Math.floor(freeBytes / MIB)} MiB are free at ${place}`;
  if (freeBytes < TOO_LITTLE_BYTES)
    return fail(name, words, 'Make room: an order that cannot be written down is refused.');
  return freeBytes < SCARCE_BYTES ? warn(name, words, 'Make room before it is full.') : null;
}
