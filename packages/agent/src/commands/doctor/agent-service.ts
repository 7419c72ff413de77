import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_VERSION } from '../../facts/facts.ts';
import { messageOf } from '../../log.ts';
import { readJournalAccess } from '../../services/rules/journal-access.ts';
import { AGENT_UNIT, type Finding, fail, entryOf, INSTALL_AGAIN, ok, type Patient, pidOf } from './check.ts';
import { door } from './files.ts';

const LOOK = `See why: journalctl -u ${AGENT_UNIT} -n 20`;

export function version(): Finding {
  return ok('Version', `this is homelabcmd-agent ${AGENT_VERSION}`);
}

export function bus({ systemd }: Patient): Finding {
  if ('problem' in systemd)
    return fail('D-Bus', systemd.problem, 'Look whether it runs: systemctl status dbus');
  return ok('D-Bus', `systemd ${systemd.version} answers on the system bus`);
}

/** Does the agent run? */
export function unit({ systemd }: Patient): Finding {
  const name = 'Agent';
  if ('problem' in systemd) return fail(name, 'whether it runs is not known without systemd', 'See D-Bus.');
  const { loadState, activeState, subState, mainPid } = systemd.agent;
  if (loadState !== 'loaded') return fail(name, `${AGENT_UNIT} is ${loadState}`, INSTALL_AGAIN);
  if (activeState !== 'active')
    return fail(
      name,
      `${AGENT_UNIT} is ${activeState} (${subState})`,
      `${LOOK}; then: systemctl start ${AGENT_UNIT}`,
    );
  return ok(name, `${AGENT_UNIT} is active, process ${mainPid}`);
}

/** It tells why a service stopped from the journal, as far as root has chosen. */
export async function journal(patient: Patient): Promise<Finding> {
  const name = 'Journal';
  const { choice, problem } = readJournalAccess(patient.server, patient.world.ownerUid);
  if (problem !== null) return fail(name, problem.reason, problem.fix_command ?? INSTALL_AGAIN);
  if (choice === 'none') return ok(name, 'root has chosen that nothing of it is shown');
  if (choice === 'watched') {
    const found = door(patient, name, patient.server.journalSocket, {
      unit: 'homelabcmd-journal.socket',
      without: 'no lines are shown',
    });
    return found.state === 'ok' ? ok(name, 'it can be read of the services that root names') : found;
  }
  return wholeJournal(patient);
}

/** The agent itself reads it, by a right of its group. */
async function wholeJournal(patient: Patient): Promise<Finding> {
  const name = 'Journal';
  const { systemd, world } = patient;
  const pid = pidOf(patient);
  if ('problem' in systemd || pid === null)
    return fail(name, 'whether the agent can read it is not known while it does not run', 'See Agent.');
  const gid = entryOf(world.places.group, 'systemd-journal')?.[2];
  const groups = /^Groups:(.*)$/m.exec(
    readFileSync(join(world.places.proc, String(pid), 'status'), 'utf8'),
  )?.[1];
  if (gid === undefined || groups?.trim().split(/\s+/).includes(gid) !== true)
    return fail(
      name,
      'the agent is not in the group systemd-journal, so it cannot say why a service stopped',
      INSTALL_AGAIN,
    );
  try {
    const lines = await world.readJournal(AGENT_UNIT, systemd.agent.invocationId, 1);
    if (lines.length > 0) return ok(name, 'it can be read, and has lines of the agent');
  } catch (cause) {
    return fail(name, messageOf(cause), 'Look whether it runs: systemctl status systemd-journald');
  }
  return fail(name, 'it has no line of the agent that runs', 'Look at the journal: journalctl --verify');
}
