import { messageOf } from '../log.ts';
import { type Call, type Command, EXIT } from './command.ts';
import { bus, journal, unit, version } from './doctor/agent-service.ts';
import { AGENT_UNIT, type Check, type Finding, fail, type Patient } from './doctor/check.ts';
import { lists, releaseKey, script, settings, socket } from './doctor/files.ts';
import { hub } from './doctor/hub.ts';
import { dropIns, sandbox } from './doctor/sandbox.ts';
import { enrolment, orders } from './doctor/state.ts';

type Checks = Check | ((patient: Patient) => Promise<Finding[]>);

const CHECKS: Readonly<Record<string, Checks>> = {
  Version: version,
  'D-Bus': bus,
  Agent: unit,
  Journal: journal,
  Sandbox: sandbox,
  'Drop-ins': dropIns,
  Settings: settings,
  Lists: lists,
  Socket: socket,
  Script: script,
  'Release key': releaseKey,
  Enrolment: enrolment,
  Orders: orders,
  Hub: hub,
};

export const doctor: Command = {
  summary: 'Checks the agent of this server, and says what to do about what is wrong',
  about: [
    'Changes nothing, and shows no secret. ok: as it should be; warn: worth reading; fail: it does not work, or is not safe.',
    'Exit code 1 when a check failed; a warning is no failure.',
  ].join('\n'),
  takesUnits: false,
  options: { json: 'for programs' },
  needsRoot: true,
  async run(call) {
    const findings = await examine(call);
    const isHealthy = findings.every(({ state }) => state !== 'fail');
    if (call.has('json')) call.say(JSON.stringify({ healthy: isHealthy, checks: findings }, null, 2));
    else show(call, findings);
    return isHealthy ? EXIT.done : EXIT.notDone;
  },
};

async function examine({ server, world }: Call): Promise<Finding[]> {
  const patient: Patient = { server, world, systemd: await askSystemd({ server, world }) };
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(CHECKS))
    try {
      findings.push(...[await check(patient)].flat());
    } catch (cause) {
      // A file that cannot be read says nothing of the other checks.
      findings.push(fail(name, messageOf(cause), 'Look at that.'));
    }
  return findings;
}

async function askSystemd({ server, world }: Pick<Call, 'server' | 'world'>): Promise<Patient['systemd']> {
  try {
    await using catalogue = await world.openCatalogue(server.dbusAddress);
    return { version: catalogue.version, agent: await catalogue.read(AGENT_UNIT) };
  } catch (cause) {
    return { problem: messageOf(cause) };
  }
}

function show({ say }: Call, findings: readonly Finding[]): void {
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, state, detail, todo } of findings) {
    say(`${state.padEnd(4)}  ${name.padEnd(width)}  ${detail}`);
    if (todo !== undefined) say(`${' '.repeat(width + 8)}→ ${todo}`);
  }
}
