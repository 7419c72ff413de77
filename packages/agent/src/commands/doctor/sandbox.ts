import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentUid, AGENT_UNIT, type Finding, fail, ok, type Patient, pidOf, warn } from './check.ts';

/** What the kernel says of the running agent when all that its unit asks for is in force. */
const HELD: readonly (readonly [field: string, value: RegExp, means: string])[] = [
  ['NoNewPrivs', /^1$/, 'it could gain rights by starting a program'],
  ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(
    (field) => [field, /^0+$/, 'it has, or could get, a right of root'] as const,
  ),
  ['Seccomp', /^2$/, 'it may call all of the kernel'],
];

/** Is the agent held as its unit says? */
export function sandbox(patient: Patient): Finding {
  const name = 'Sandbox';
  const pid = pidOf(patient);
  if (pid === null)
    return fail(name, 'how the agent is held is not known while it does not run', 'See Agent.');
  const status = readFileSync(join(patient.world.places.proc, String(pid), 'status'), 'utf8');
  const valueOf = (field: string) => new RegExp(`^${field}:(.*)$`, 'm').exec(status)?.[1]?.trim() ?? '';
  const loose = HELD.filter(([field, value]) => !value.test(valueOf(field))).map(
    ([field, , means]) => `${field} is ${valueOf(field) || 'not told'}: ${means}`,
  );
  const uid = agentUid(patient);
  const uids = valueOf('Uid').split(/\s+/);
  if (uid === null || uids.some((one) => Number(one) !== uid))
    loose.push(`it runs as user ${uids[0]}, and not as its own`);
  if (loose.length > 0)
    return fail(
      name,
      `the agent is not held as it should be. ${loose.join('; ')}`,
      `See what its unit says: systemctl cat ${AGENT_UNIT}`,
    );
  return ok(
    name,
    'the agent runs as its own user, without a capability, can gain none, and with a list of calls',
  );
}

const DROP_INS = [
  ...['homelabcmd-agent.service.d', 'homelabcmd-restart@.service.d', 'homelabcmd-restart.socket.d'],
  ...['homelabcmd-.service.d', 'homelabcmd-.socket.d', 'service.d', 'socket.d'],
];
const ABOUT_THE_SANDBOX =
  /^(?:User|Group|SupplementaryGroups|DynamicUser|RootDirectory|RootImage|UMask|LockPersonality|RemoveIPC|KeyringMode|NoNewPrivileges|MemoryDenyWriteExecute|AmbientCapabilities|CapabilityBoundingSet|Delegate|ListenStream|(?:Protect|Private|Restrict|Device|SystemCall|Exec|Socket|Environment|Bind|ReadWrite|ReadOnly|Inaccessible|StandardInput|LoadCredential)\w*)$/;

/** Pieces of unit files that somebody has put beside ours: what do they change of how agent and script are held? */
export function dropIns({ world }: Patient): Finding {
  const name = 'Drop-ins';
  const files = world.places.unitFolders.flatMap((folder) =>
    DROP_INS.flatMap((dropIn) => confFilesOf(join(folder, dropIn))),
  );
  const changes = files.flatMap((file) => {
    const keys = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => /^\s*(\w+)\s*=/.exec(line)?.[1] ?? '');
    const about = [...new Set(keys.filter((key) => ABOUT_THE_SANDBOX.test(key)))];
    return about.length === 0 ? [] : [`${file} sets ${about.join(', ')}`];
  });
  if (changes.length > 0)
    return warn(
      name,
      `${changes.join('; ')}`,
      'Look whether you want that: it may loosen how the agent, or the script that runs as root, is held.',
    );
  return ok(
    name,
    files.length === 0 ? 'there are none' : `none of ${files.join(', ')} changes how the agent is held`,
  );
}

function confFilesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.conf'))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}
