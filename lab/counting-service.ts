import type { LabServer } from './server.ts';

export interface CountingServiceOptions {
  /** systemd's `Restart=`; `no` when left out. */
  restart?: 'no' | 'always' | 'on-failure';
  /** Time before systemd itself starts it again. */
  restartDelayMs?: number;
  /** It ends with exit code 3 after this time. */
  crashAfterMs?: number;
  /** Starting takes this long, after the run was counted. */
  slowStartMs?: number;
  /** While this file exists, starting fails with exit code 7 and says so; the run is counted. */
  failStartWhile?: string;
  /** No start limit when left out, so that a test may start it as often as it likes. */
  startLimit?: { burst: number; intervalSeconds: number };
  unitLines?: string[];
  serviceLines?: string[];
}

const RUNS_DIR = '/var/log/runs';

/** The text of a unit that appends its `INVOCATION_ID` and the time to a file each time it is started: the witness of how often it ran. */
export function countingService(name: string, options: CountingServiceOptions = {}): string {
  const { startLimit, crashAfterMs, slowStartMs, failStartWhile } = options;
  const seconds = (ms: number) => (ms / 1000).toString();
  const count = `mkdir -p ${RUNS_DIR} && echo "$$INVOCATION_ID $$(date +%%s%%3N)" >>${RUNS_DIR}/${name}`;
  // It lives on for a moment: the journal may not know any more whose words they were of a process that is gone at once.
  const refuse = `[ ! -e ${failStartWhile} ] || { echo "${name} cannot start: ${failStartWhile} is there" >&2; sleep 0.1; exit 7; }`;
  const crash = `sleep ${seconds(crashAfterMs ?? 0)}; echo "${name} gives up" >&2; exit 3`;
  return [
    '[Unit]',
    `Description=Counting service ${name}`,
    `StartLimitIntervalSec=${startLimit?.intervalSeconds ?? 0}`,
    ...(startLimit === undefined ? [] : [`StartLimitBurst=${startLimit.burst}`]),
    ...(options.unitLines ?? []),
    '[Service]',
    `Restart=${options.restart ?? 'no'}`,
    ...(options.restartDelayMs === undefined ? [] : [`RestartSec=${seconds(options.restartDelayMs)}`]),
    `ExecStartPre=/bin/sh -c '${count}'`,
    ...(failStartWhile === undefined ? [] : [`ExecStartPre=/bin/sh -c '${refuse}'`]),
    ...(slowStartMs === undefined ? [] : [`ExecStartPre=/bin/sleep ${seconds(slowStartMs)}`]),
    crashAfterMs === undefined ? 'ExecStart=/bin/sleep infinity' : `ExecStart=/bin/sh -c '${crash}'`,
    ...(options.serviceLines ?? []),
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

/** One start of a counting service, by its own word. */
export interface CountedStart {
  readonly invocationId: string;
  readonly atMs: number;
}

/** Every start of a counting service, oldest first. */
export async function startsOf(server: LabServer, name: string): Promise<CountedStart[]> {
  const text = await server.read(`${RUNS_DIR}/${name}`).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [invocationId = '', atMs] = line.split(' ');
      return { invocationId, atMs: Number(atMs) };
    });
}

/** The invocation ids of every start of a counting service, oldest first. */
export async function runsOf(server: LabServer, name: string): Promise<string[]> {
  return (await startsOf(server, name)).map(({ invocationId }) => invocationId);
}
