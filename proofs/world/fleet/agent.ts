import {
  Identity,
  Link,
  OrderJournal,
  OrderRunner,
  type RestartExecutor,
  servicesFrames,
  ServiceWatch,
  type SystemdPort,
} from '@homelabcmd/agent/rules';
import { type AgentFrame, NO_READINGS, type ServerFacts } from '@homelabcmd/protocol';

export interface AgentParts {
  readonly serverId: string;
  readonly stateDir: string;
  readonly bootId: string;
  /** How long this boot lasts, its sleep counted. */
  readonly uptimeMs: () => number;
  readonly systemd: SystemdPort;
  readonly executor: RestartExecutor;
  readonly allowed: ReadonlySet<string>;
}

/** An agent as `agent.ts` puts it together, without the readings of the machine around it. */
export interface SimulatedAgent {
  isLinked(): boolean;
  ordersAtWork(): readonly string[];
}

/** What holds on a server without a file of limits. */
const LIMITS = {
  ...{ automatic_spacing_s: 60, automatic_per_hour: 3, automatic_per_day: 6 },
  ...{ automatic_per_hour_together: 6, all_per_hour: 20 },
};
const METRICS_MS = 10_000;
const quiet = () => undefined;
type Unversioned<F> = F extends unknown ? Omit<F, 'v'> : never;

/** @throws when its disk takes nothing: whoever started it tries again later */
export function startAgent(parts: AgentParts): SimulatedAgent {
  const { serverId, bootId, executor } = parts;
  const list = (path: string, lines: ReadonlySet<string>) => ({
    ...{ path, lines: new Set(lines), problem: null, fixCommand: null },
  });
  const rules = () => ({
    hostname: serverId,
    monitorOnly: false,
    allow: list('/etc/homelabcmd/restart-allowed', parts.allowed),
    lockout: list('/etc/homelabcmd/restart-allowed-lockout', new Set()),
    executorProblem: executor.problem(),
  });
  const readJournal = async () => [];
  const journal = new OrderJournal(parts.stateDir);
  let link: Link | null = null;
  const send = (frame: Unversioned<AgentFrame>) => void link?.send(frame);
  const watch = new ServiceWatch({
    systemd: parts.systemd,
    readJournal,
    rules,
    probeOf: () => null,
    log: quiet,
    onReports: (reports, complete) => {
      if (link?.up === true) for (const frame of servicesFrames(reports, complete)) send(frame);
    },
    onSystemd: quiet,
  });
  const runner = new OrderRunner({
    ...{ keeper: watch.keeper, observers: watch.observers, records: () => watch.records },
    ...{ rules, bootId, readJournal, memoryOf: () => null, journal, executor, send, log: quiet },
    assertApproved: () => undefined,
    limits: () => LIMITS,
    uptimeMs: parts.uptimeMs,
    askProbe: async () => ({ kind: 'answer', detail: '' }),
  });
  link = new Link({
    url: 'ws://hub.example/agent/v1/link',
    identity: new Identity(parts.stateDir, null),
    facts: () => factsOf(serverId, bootId),
    uptimeMs: parts.uptimeMs,
    onWelcome({ expected }) {
      watch.tellAll();
      watch.expect(expected.map(({ unit }) => unit));
      runner.reportAll();
    },
    onFrame(frame) {
      if (frame.type === 'order') runner.take(frame.order, frame.audit ?? null);
      if (frame.type === 'query_heads')
        send({ type: 'heads', query_id: frame.query_id, total: 0, heads: [] });
      if (frame.type === 'query') runner.query(frame.order_ids);
      if (frame.type === 'result_ack') runner.acknowledged(frame.order_id);
    },
    log: quiet,
  });
  setInterval(() => send({ type: 'metrics', sample: NO_READINGS, services: [] }), METRICS_MS);
  return { isLinked: () => link?.up === true, ordersAtWork: () => runner.atWork };
}

const factsOf = (serverId: string, bootId: string): ServerFacts => ({
  ...{ hostname: serverId, os: 'Debian', kernel: '6.1', architecture: 'x86_64', cpu_count: 2 },
  ...{ memory_total_bytes: 2 ** 30, addresses: [], boot_id: bootId, booted_at: null },
  ...{ agent_version: '0.1.0', systemd_version: '252', systemd_problem: null, monitor_only: false },
  keeps_audit_heads: true,
});
