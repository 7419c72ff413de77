import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { renewBootId } from './boot.ts';
import { runInside, type ExecOptions, type ExecResult } from './run-inside.ts';
import { runScript } from './script.ts';

const execute = promisify(execFile);

const MOST_LOOKS = 20;

/** A running server of a lab: a real systemd in namespaces of its own. */
export interface LabServer {
  readonly name: string;
  /** PID, on this machine, of its systemd; another one after a reboot. */
  readonly pid: number;
  /** Its address when it has its own network, else `null`: then it shares this machine's. */
  readonly address: string | null;
  /** Runs a program inside, as root. Any exit code is an answer; it fails only when the time is up. */
  exec(argv: string[], options?: ExecOptions): Promise<ExecResult>;
  /** Path on this machine of a file inside. An absolute symbolic link on the way would lead out: give the real path. */
  path(insidePath: string): string;
  /** `owner` is `user` or `user:group`, by the names that the server knows. Folders are made. */
  write(insidePath: string, content: string, options?: { mode?: number; owner?: string }): Promise<void>;
  read(insidePath: string): Promise<string>;
  /** One property of a unit, as `systemctl show` prints it. */
  unit(unit: string, property: string): Promise<string>;
  /** PID, on this machine, of the unit's main process: to be killed from here without any other program. */
  mainPid(unit: string): Promise<number>;
  /** Packets from and to it vanish, as if its cable were pulled out of the switch. Own network only. */
  cutNetwork(): Promise<void>;
  restoreNetwork(): Promise<void>;
  /** Shuts down and boots again, or is cut from power and boots again. The boot id is new. */
  reboot(options?: { powerCut?: boolean }): Promise<void>;
  /** Pulls the plug. */
  stop(): Promise<void>;
}

/** Starts a server whose boot is prepared in `<runDir>/<name>`. */
export async function startServer(runDir: string, name: string, bootArgs: string[]): Promise<LabServer> {
  const serverDir = join(runDir, name);
  const start = async () => {
    await runScript(['start', runDir, name, ...bootArgs]);
    return Number(await readFile(join(serverDir, 'pid'), 'utf8'));
  };
  let pid = await start();
  const ownNetwork = bootArgs.includes('--network');
  const address = ownNetwork ? (await readFile(join(serverDir, 'address'), 'utf8')).trim() : null;
  const path = (insidePath: string) => join(`/proc/${pid}/root`, insidePath);
  const exec = (argv: string[], options?: ExecOptions) => runInside(pid, argv, options);
  const setCable = async (...state: string[]) => {
    if (!ownNetwork) throw new Error(`${name} shares this machine's network: boot it with ownNetwork`);
    const veth = (await readFile(join(serverDir, 'veth'), 'utf8')).trim();
    await execute('ip', ['link', 'set', veth, ...state]);
  };
  const show = async (unit: string, ...properties: string[]) => {
    const result = await exec(['systemctl', 'show', ...properties.map((p) => `-P${p}`), '--', unit]);
    if (result.code !== 0) throw new Error(`systemctl show ${unit} on ${name}: ${result.stderr.trim()}`);
    return result.stdout.split('\n');
  };
  return {
    name,
    address,
    get pid() {
      return pid;
    },
    exec,
    path,
    async write(insidePath, content, { mode = 0o644, owner } = {}) {
      const file = path(insidePath);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { mode });
      if (owner !== undefined) await chown(file, ...(await idsOf(owner, path('/etc'))));
    },
    read: (insidePath) => readFile(path(insidePath), 'utf8'),
    unit: async (unit, property) => (await show(unit, property)).join('\n').trimEnd(),
    async mainPid(unit) {
      let inside = 0;
      // Lists of children leave some out while others of them end (proc(5)), so it is looked for again.
      for (let tries = 0; tries < MOST_LOOKS; tries += 1) {
        inside = Number((await show(unit, 'MainPID'))[0]);
        if (!(inside > 0)) throw new Error(`${unit} on ${name} has no main process`);
        const found = (await pidsBelow(pid)).find((candidate) => pidInside(candidate) === inside);
        if (found !== undefined) return found;
      }
      throw new Error(`the main process ${inside} of ${unit} on ${name} has gone`);
    },
    cutNetwork: () => setCable('nomaster'),
    restoreNetwork: async () => setCable('master', `hlbr${runDir.split('/').at(-1)}`),
    async reboot({ powerCut = false } = {}) {
      await runScript(['stop', runDir, name, ...(powerCut ? [] : ['--power-off'])]);
      await renewBootId(serverDir);
      pid = await start();
    },
    stop: () => runScript(['stop', runDir, name]),
  };
}

/** Every process below `pid`, nearest first: systemd is the parent of main processes, or their last resort. */
async function pidsBelow(pid: number): Promise<number[]> {
  const children: number[] = [];
  try {
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const list = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8');
      children.push(...list.split(' ').filter(Boolean).map(Number));
    }
  } catch {
    return []; // it has ended meanwhile
  }
  return [...children, ...(await Promise.all(children.map(pidsBelow))).flat()];
}

/** The PID of a process in its own PID namespace: the last of `NSpid`. */
function pidInside(pid: number): number | null {
  try {
    const ids = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return ids === undefined ? null : Number(ids.trim().split(/\s+/).at(-1));
  } catch {
    return null;
  }
}

async function idsOf(owner: string, etc: string): Promise<[uid: number, gid: number]> {
  const [user, group] = owner.split(':');
  const fieldsOf = async (file: string, entry: string | undefined) =>
    (await readFile(join(etc, file), 'utf8'))
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[0] === entry);
  const account = await fieldsOf('passwd', user);
  if (account === undefined) throw new Error(`there is no user ${user}`);
  const gid = group === undefined ? account[3] : (await fieldsOf('group', group))?.[2];
  if (gid === undefined) throw new Error(`there is no group ${group}`);
  return [Number(account[2]), Number(gid)];
}
