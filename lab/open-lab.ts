import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareBoot, type BootOptions } from './boot.ts';
import { checkMachine, runScript, startGuard } from './script.ts';
import { startServer, type LabServer } from './server.ts';

/** A set of servers with one life. Everything that it made is gone when it is disposed, or this process has ended. */
export interface Lab extends AsyncDisposable {
  readonly runId: string;
  /** Boots a server and waits until its systemd is up. The name is its hostname. */
  boot(name: string, options?: BootOptions): Promise<LabServer>;
  /** This machine's address for servers with their own network; `null` until the first of them is booted. */
  readonly gateway: string | null;
}

const DEFAULT_STATE_DIR = '/run/homelabcmd-lab';
const NODE_MAJOR = 24;
let problem: string | null | undefined;

/** Why this machine cannot run a lab, in one sentence, or `null`. */
export function labProblem(): string | null {
  if (problem === undefined)
    problem =
      Number(process.versions.node.split('.')[0]) < NODE_MAJOR
        ? `A lab needs Node.js ${NODE_MAJOR}, which it lends to its servers.`
        : checkMachine();
  return problem;
}

/** Opens a lab without servers, after removing what labs whose process has gone left in `stateDir`. */
export async function openLab(options: { stateDir?: string } = {}): Promise<Lab> {
  const why = labProblem();
  if (why !== null) throw new Error(why);
  const stateDir = options.stateDir ?? DEFAULT_STATE_DIR;
  await mkdir(stateDir, { recursive: true });
  await runScript(['sweep', stateDir]);
  const runId = newRunId();
  const runDir = join(stateDir, runId);
  await makeRunDir(stateDir, runDir);
  const guard = startGuard(runDir);
  const guardEnded = once(guard, 'exit');
  return {
    runId,
    get gateway() {
      const subnet = join(runDir, 'subnet');
      return existsSync(subnet) ? `${readFileSync(subnet, 'utf8').trim()}.1` : null;
    },
    async boot(name, bootOptions = {}) {
      const serverDir = join(runDir, name);
      await mkdir(serverDir);
      return startServer(runDir, name, await prepareBoot(serverDir, bootOptions));
    },
    async [Symbol.asyncDispose]() {
      guard.ref();
      guard.stdin?.end();
      await guardEnded;
      if (existsSync(runDir)) throw new Error(`the lab ${runId} could not be removed: see ${runDir}`);
    },
  };
}

/** Five letters and digits: an interface's name has room for no more. */
function newRunId(): string {
  return Math.floor(Math.random() * 36 ** 5)
    .toString(36)
    .padStart(5, '0');
}

/** Appears with its owner's name in it, or another lab that starts now would take it for a leftover. */
async function makeRunDir(stateDir: string, runDir: string): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const fresh = await mkdtemp(join(stateDir, '.new-'));
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const startedTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  await writeFile(join(fresh, 'owner'), `${process.pid} ${startedTicks}\n`);
  await rename(fresh, runDir);
}
