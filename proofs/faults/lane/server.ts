import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { countingService, type Lab, type LabServer, runsOf } from '../../../lab/index.ts';
import type { Sign } from '../plan/plan.ts';

const KILL_AT = fileURLToPath(new URL('../kill-at.mjs', import.meta.url));
const INSIDE = '/var/lib/faults';
const AGENT_UNIT = 'homelabcmd-agent.service';
const ORDERS = '/var/lib/homelabcmd-orders';
const SLOW_START_MS = 350;
const LOOK_EVERY_MS = 1;
const SIGN_WITHIN_MS = 10_000;

/** The agent is started again at once, writes where it is told to die, and is otherwise as on any server. */
const AGENT_DROP_IN = `[Service]
Environment="BUN_OPTIONS=--preload=${INSIDE}/kill-at.mjs" FAULTS_DIR=${INSIDE} FAULTS_SIDE=agent
ReadWritePaths=${INSIDE}
RestartSec=20ms
`;

/** A real server with services that count their starts: the oracle. */
export interface CountedServer {
  readonly lab: LabServer;
  readonly quick: readonly string[];
  readonly slow: readonly string[];
  /** Invocation ids of all starts of a service. */
  runs(service: string): Promise<string[]>;
  /** Ends the agent with SIGKILL; false when it is not there at this moment. */
  killAgent(): boolean;
  /** Resolves when the sign is given after `beganWith` runs, or the time is up. */
  untilSign(sign: Sign, service: string, beganWith: number, signal: AbortSignal): Promise<boolean>;
  state(service: string): Promise<{ active: string; invocationId: string }>;
  startAll(): Promise<void>;
  /** It loses its power, with all that runs, and boots again. */
  losePower(): Promise<void>;
  /** When it last lost its power: what was seen before is no longer so. */
  readonly powerLostAtMs: number;
  /** Ends of the agent that were no SIGKILL of ours, by its server's journal. */
  agentFaults(): Promise<string[]>;
}

/** Boots the server; the agent is installed by its caller, who knows the hub. */
export async function bootCounted(
  lab: Lab,
  name: string,
  dirs: { disk: string; faults: string },
  counts: { quick: number; slow: number },
): Promise<CountedServer> {
  const quick = namesOf('quick', counts.quick);
  const slow = namesOf('slow', counts.slow);
  copyFileSync(KILL_AT, join(dirs.faults, 'kill-at.mjs'));
  const server = await lab.boot(name, {
    units: unitsOf(quick, slow),
    etc: { [`systemd/system/${AGENT_UNIT}.d/faults.conf`]: AGENT_DROP_IN },
    binds: [{ source: dirs.faults, target: INSIDE }],
    persistDir: dirs.disk,
  });
  let powerLostAtMs = 0;
  const counted: CountedServer = {
    lab: server,
    quick,
    slow,
    runs: (service) => runsOf(server, service),
    killAgent() {
      const pid = agentPid(server);
      return pid !== null && killed(pid);
    },
    untilSign: (sign, service, beganWith, signal) =>
      sign === 'claim' ? untilClaim(server, signal) : untilStart(server, service, beganWith, signal),
    async state(service) {
      const { stdout } = await server.exec([
        ...['systemctl', 'show', '-PActiveState', '-PInvocationID', '--', `${service}.service`],
      ]);
      const [active = '', invocationId = ''] = stdout.split('\n');
      return { active, invocationId };
    },
    async losePower() {
      powerLostAtMs = Date.now();
      await server.reboot({ powerCut: true });
    },
    get powerLostAtMs() {
      return powerLostAtMs;
    },
    async agentFaults() {
      const { stdout } = await server.exec(['journalctl', '-u', AGENT_UNIT, '-o', 'cat', '--no-pager']);
      const isFault = /made a mistake|Main process exited, code=(exited|dumped)/;
      return [...new Set(stdout.split('\n').filter((line) => isFault.test(line)))];
    },
    async startAll() {
      const units = [...quick, ...slow].map((service) => `${service}.service`);
      const { code, stderr } = await server.exec(['systemctl', 'start', '--', ...units]);
      if (code !== 0) throw new Error(`the services of ${name} do not start: ${stderr.trim()}`);
    },
  };
  await counted.startAll();
  return counted;
}

function unitsOf(quick: readonly string[], slow: readonly string[]): Record<string, string> {
  const unit = (service: string, options = {}) =>
    [`${service}.service`, countingService(service, options)] as const;
  return Object.fromEntries([
    ...quick.map((service) => unit(service)),
    ...slow.map((service) => unit(service, { slowStartMs: SLOW_START_MS })),
  ]);
}

const namesOf = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);

/** The agent among the children of the server's systemd, as a PID of this machine. */
function agentPid(server: LabServer): number | null {
  try {
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
    const found = children
      .split(' ')
      .filter(Boolean)
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('homelabcmd-agent\0run'));
    return found === undefined ? null : Number(found);
  } catch {
    return null; // one of them, or the server, has just gone
  }
}

function killed(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** The folder of a new claim, before the restart that it is for has begun. Looked for, since a notice may come late. */
async function untilClaim(server: LabServer, signal: AbortSignal): Promise<boolean> {
  const folder = server.path(ORDERS);
  const claims = () => (existsSync(folder) ? readdirSync(folder).length : 0);
  const before = claims();
  return untilSeen(() => claims() > before, signal);
}

function untilStart(
  server: LabServer,
  service: string,
  beganWith: number,
  signal: AbortSignal,
): Promise<boolean> {
  const file = server.path(`/var/log/runs/${service}`);
  const runs = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
  return untilSeen(() => runs() > beganWith, signal);
}

async function untilSeen(isSeen: () => boolean, signal: AbortSignal): Promise<boolean> {
  const giveUpAt = performance.now() + SIGN_WITHIN_MS;
  while (!isSeen()) {
    if (signal.aborted || performance.now() > giveUpAt) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}
