import type { KeyPair } from '@homelabcmd/protocol/link';
import { newEnrolmentToken } from '@homelabcmd/protocol/link';
import {
  type CountedStart,
  countingService,
  installAgent,
  type Lab,
  type LabServer,
  startsOf,
} from '../../../lab/index.ts';

/** What root has listed there. */
export const ALLOWED = ['media', 'web', 'auto', 'direct', 'kept'] as const;
/** What nobody may restart, by that name or another. */
export const UNLISTED = ['db', 'mail', 'worker@2', 'ssh', 'secret'] as const;
/** Of these, what runs there. */
export const RUNNING: readonly string[] = ['db', 'mail', 'secret', 'ssh'];

export const ALIAS_OF_ALLOWED = { alias: 'films.service', unit: 'media.service' };

/** Root's file of limits: small enough to be reached again and again. */
export const LIMITS = {
  ...{ automatic_spacing_s: 20, automatic_per_hour: 4, automatic_per_day: 6 },
  ...{ automatic_per_hour_together: 1000, all_per_hour: 8 },
};
const LIST = [
  '# what this server allows',
  ...ALLOWED.map((name) => `${name}.service`),
  // Names that root may have written, and that restart nothing: other types, an ambush for people, nothing at all.
  ...['timed.timer', 'plug.socket', 'ssh.service', 'masked.service', 'missing.service'],
  ...['', ' db.service', 'db.service ', '#mail.service', '*.service', '--version', '../db.service'],
];

/** Words that stand in places that no order reaches: whoever hears them has read what is not theirs. */
export const CANARIES = ['canary-of-a-journal-5d1c', 'canary-of-a-file-77ab'] as const;

/** The server that is attacked: a real one, with an installed agent and services that count their own starts. */
export interface Target {
  readonly lab: LabServer;
  starts(name: string): Promise<CountedStart[]>;
  /** Begins the agent anew, and resolves when systemd has started it. */
  renewAgent(): Promise<void>;
  /** The services that run on it are up. */
  startAll(): Promise<void>;
  /** What is in /etc and /usr/local, and what state each unit is in that no order may touch: one line each. */
  look(): Promise<Picture>;
}

export interface Picture {
  readonly files: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, string>;
}

export async function bootTarget(lab: Lab, disk: string, port: number, hubKey: KeyPair): Promise<Target> {
  const server = await lab.boot('nas', {
    units: unitFiles(),
    etc: { 'canary/of-a-file': { content: `${CANARIES[1]}\n`, mode: 0o600 } },
    ...{ persistDir: disk, ownUptime: true },
  });
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await server.exec(argv);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr.trim()}`);
    return stdout;
  };
  await run('ln', '-s', '/dev/null', '/etc/systemd/system/masked.service');
  await run('ln', '-s', 'db.service', '/etc/systemd/system/database.service');
  await run('ln', '-s', ALIAS_OF_ALLOWED.unit, `/etc/systemd/system/${ALIAS_OF_ALLOWED.alias}`);
  await run('systemctl', 'daemon-reload');
  const target: Target = {
    lab: server,
    starts: (name) => startsOf(server, name),
    renewAgent: async () => void (await run('systemctl', 'restart', 'homelabcmd-agent.service')),
    startAll: async () => void (await run('systemctl', 'start', ...RUNNING.map((name) => `${name}.service`))),
    look: async () => ({ files: await filesOf(run), units: await unitsOf(run) }),
  };
  await target.startAll();
  await installAgent(server, {
    hubUrl: `ws://127.0.0.1:${port}`,
    token: newEnrolmentToken(hubKey.publicKey).text,
    allow: LIST,
  });
  const limits = Object.entries(LIMITS).map(([key, value]) => `${key} = ${value}\n`);
  await server.write('/etc/homelabcmd/limits', limits.join(''));
  return target;
}

function unitFiles(): Record<string, string> {
  const counting = [...ALLOWED, 'db', 'mail', 'ssh'].map(
    (name) => [`${name}.service`, countingService(name)] as const,
  );
  const words = [`ExecStartPre=/bin/echo ${CANARIES[0]}`];
  return {
    ...Object.fromEntries(counting),
    'secret.service': countingService('secret', { serviceLines: words }),
    'worker@.service': countingService('worker@2'),
    'timed.timer': '[Timer]\nOnActiveSec=1s\nUnit=mail.service\n',
    'plug.socket': '[Socket]\nListenStream=/run/plug\nService=mail.service\n',
  };
}

type Run = (...argv: string[]) => Promise<string>;

async function filesOf(run: Run): Promise<Map<string, string>> {
  const [facts, sums] = await Promise.all([
    run('find', '/etc', '/usr/local', '-printf', '%p\t%y %m %U %G %l\n'),
    run('find', '/etc', '/usr/local', '-type', 'f', '-exec', 'sha256sum', '{}', '+'),
  ]);
  const files = new Map(pairsOf(facts, /^(.+)\t(.*)$/));
  for (const [sum, path] of pairsOf(sums, /^(\S+) {2}(.+)$/))
    files.set(path, `${files.get(path) ?? ''} ${sum}`);
  return files;
}

const pairsOf = (text: string, shape: RegExp): [string, string][] =>
  text.split('\n').flatMap((line) => {
    const [, first, second] = shape.exec(line) ?? [];
    return first === undefined || second === undefined ? [] : [[first, second]];
  });

const PROPERTIES = [
  'Id',
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'SubState',
  'InvocationID',
  'NRestarts',
];
/** What orders are for, what carries them out, and what timers of the system start. */
const IN_MOTION = [
  ...ALLOWED.map((name) => `${name}.service`),
  ...['homelabcmd-agent.service', 'homelabcmd-restart.socket'],
];

async function unitsOf(run: Run): Promise<Map<string, string>> {
  const shown = await run('systemctl', 'show', '--all', `--property=${PROPERTIES.join(',')}`, '*');
  const blocks = shown.split('\n\n').map((block) => block.trim().split('\n').toSorted());
  return new Map(
    blocks.flatMap((lines): [string, string][] => {
      const id = lines.find((line) => line.startsWith('Id='))?.slice(3);
      // One that somebody has only looked at is loaded for a while, and nothing else.
      const isAtRest = lines.includes('ActiveState=inactive');
      if (id === undefined || isAtRest || IN_MOTION.includes(id) || isPassing(id)) return [];
      return [[id, lines.join(' ')]];
    }),
  );
}

/** Each question to the script is a unit for a moment, and mounts and devices come and go with them. */
const isPassing = (id: string): boolean =>
  /^homelabcmd-restart@|^system-homelabcmd|\.(mount|device|scope|slice)$/.test(id);

/** What is not as it was: at most so many lines of it. */
export function changesIn(before: Picture, after: Picture): string[] {
  const changed = (was: ReadonlyMap<string, string>, is: ReadonlyMap<string, string>) =>
    [...new Set([...was.keys(), ...is.keys()])]
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => `${name} was «${was.get(name) ?? 'not there'}» and is «${is.get(name) ?? 'not there'}»`);
  return [...changed(before.files, after.files), ...changed(before.units, after.units)];
}
