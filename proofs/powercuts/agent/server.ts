import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  absentUnit,
  executorBehindSocket,
  OrderJournal,
  OrderRunner,
  ServiceWatch,
  type SystemdPort,
  type UnitState,
} from '@homelabcmd/agent/rules';
import type { AgentFrame, HubFrame } from '@homelabcmd/protocol';
import { type Ground, runsIn } from './script.ts';

type Unversioned<F> = F extends unknown ? Omit<F, 'v'> : never;
export type ToHub = Unversioned<AgentFrame>;

/** What carries out orders on a server: the real runner, journal and claims, and the real restart script behind a socket. */
export interface OrderServer extends AsyncDisposable {
  take(frame: HubFrame): void;
  isAtWork(): boolean;
}

const LIMITS = {
  ...{ automatic_spacing_s: 60, automatic_per_hour: 1000, automatic_per_day: 1000 },
  ...{ automatic_per_hour_together: 1000, all_per_hour: 1000 },
};
const quiet = () => undefined;

/** @throws when the journal cannot be opened */
export async function openServer(ground: Ground, send: (frame: ToHub) => void): Promise<OrderServer> {
  await using stack = new AsyncDisposableStack();
  const bootId = readFileSync(ground.bootFile, 'utf8').trim();
  const executor = executorBehindSocket(ground.socket, ground.ordersDir);
  await listen(ground, stack);
  const allowed = new Set(
    readFileSync(join(ground.dir, 'restart-allowed'), 'utf8').split('\n').filter(Boolean),
  );
  const list = (path: string, lines: Set<string>) => ({ path, lines, problem: null, fixCommand: null });
  const rules = () => ({
    ...{ hostname: 'nas', monitorOnly: false, executorProblem: executor.problem() },
    allow: list('/etc/homelabcmd/restart-allowed', allowed),
    lockout: list('/etc/homelabcmd/restart-allowed-lockout', new Set()),
  });
  const readJournal = async () => [];
  const watch = stack.use(
    new ServiceWatch({
      ...{ systemd: systemdOf(ground, bootId), readJournal, rules, probeOf: () => null },
      ...{ log: quiet, onReports: quiet, onSystemd: quiet },
    }),
  );
  const journal = stack.use(new OrderJournal(ground.stateDir));
  const runner = stack.use(
    new OrderRunner({
      ...{ keeper: watch.keeper, observers: watch.observers, records: () => watch.records },
      ...{ rules, bootId, readJournal, memoryOf: () => null, journal, executor, send, log: quiet },
      ...{ assertApproved: () => undefined, limits: () => LIMITS, uptimeMs: () => performance.now() },
      askProbe: async () => ({ kind: 'answer', detail: '' }),
    }),
  );
  runner.reportAll();
  const opened = stack.move();
  return {
    take(frame) {
      if (frame.type === 'order') runner.take(frame.order, frame.audit ?? null);
      if (frame.type === 'query') runner.query(frame.order_ids);
      if (frame.type === 'result_ack') runner.acknowledged(frame.order_id);
    },
    isAtWork: () => runner.atWork.length > 0,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What systemd does for each connection to the script's socket: the connection is stdin and stdout. */
async function listen({ socket, scriptFile }: Ground, stack: AsyncDisposableStack): Promise<void> {
  const server = createServer({ pauseOnConnect: true }, (connection) => {
    connection.on('error', quiet);
    const script = spawn('/bin/sh', [scriptFile], { stdio: [connection, connection, 'ignore'] });
    script.once('spawn', () => connection.destroy());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  stack.defer(() => new Promise((resolve) => server.close(() => resolve())));
}

/** Services that are up when they were restarted in this boot, and down when not. */
function systemdOf(ground: Ground, bootId: string): SystemdPort {
  const read = (unit: string): UnitState => {
    const starts = runsIn(ground).filter((run) => run.boot === bootId && run.unit === unit).length;
    const state = { ...absentUnit(unit), loadState: 'loaded', type: 'simple' };
    if (starts === 0) return state;
    return {
      ...state,
      activeState: 'active',
      subState: 'running',
      mainPid: 1,
      invocationId: `${bootId}-${starts}`,
    };
  };
  return {
    connect: async () => ({
      version: '252',
      list: async () => [],
      read: async (unit) => read(unit),
      [Symbol.asyncDispose]: async () => undefined,
    }),
  };
}
