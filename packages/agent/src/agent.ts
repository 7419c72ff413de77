import os from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { AgentFrame, ExpectedUnit, Order, ServiceReport } from '@homelabcmd/protocol';
import type { Agent, AgentParts } from './agent-parts.ts';
import type { RestartExecutor } from './actions/executor/executor.ts';
import { assertSealed } from './actions/guards/sealed.ts';
import { OrderJournal } from './actions/order-journal.ts';
import { executorBehindSocket } from './actions/executor/restart-socket.ts';
import { OrderRunner } from './actions/runner.ts';
import { collectors, sampler } from './collectors/registry.ts';
import type { AgentConfig } from './config.ts';
import { readBootId, readFacts } from './facts/facts.ts';
import { readUpdates } from './facts/updates.ts';
import { Identity } from './link/identity.ts';
import { type FromHub, Link, type Unversioned } from './link/link.ts';
import { jsonLines, type Log } from './log.ts';
import { ReadingSpool } from './spool/spool.ts';
import { readRelaxations } from './facts/relaxed.ts';
import { ServiceProbes } from './probes/probes.ts';
import { AllowFileWatch } from './services/rules/allow-file.ts';
import { allowsOf } from './services/rules/allows.ts';
import { servicesFrames } from './services/frames.ts';
import { journalAsChosen } from './services/rules/journal-access.ts';
import type { RestartRules } from './services/rules/restartable.ts';
import { type ServerFiles, serverFiles } from './services/rules/server-files.ts';
import { cgroupRoot, UsageMeter } from './services/usage.ts';
import { ServiceWatch } from './services/watch.ts';
import { systemdOverDbus } from './systemd/dbus.ts';
import { journalBehindSocket } from './systemd/journal-socket.ts';
import { journalByJournalctl } from './systemd/journal.ts';

export type { Agent, AgentParts } from './agent-parts.ts';
export { type AgentConfig, readConfig } from './config.ts';
export {
  type Claim,
  type ExecutorAnswer,
  type ExecutorLine,
  type RestartExecutor,
} from './actions/executor/executor.ts';
export {
  absentUnit,
  type SystemdEvents,
  type SystemdPort,
  type SystemdSession,
  type UnitState,
} from './systemd/port.ts';

const METRICS_MS = 10_000;
const FACTS_MS = 60_000;
const RULES_MS = 30_000;
/** The first hello can say whether there is systemd when it waits this long for it. */
const FIRST_SYSTEMD_MS = 1500;
/** Counts while the machine sleeps too, as the clock of timers does not. */
const uptimeMs = () => os.uptime() * 1000;

/** Starts an agent; it runs until it is disposed of. @throws when its state folder cannot be used */
export async function startAgent(config: AgentConfig, parts: Partial<AgentParts> = {}): Promise<Agent> {
  const agent = new RunningAgent(config, parts);
  await agent.start();
  return agent;
}

class RunningAgent implements Agent {
  readonly #config: AgentConfig;
  readonly #log: Log;
  readonly #hostname: string;
  readonly #bootId: string;
  readonly #identity: Identity;
  readonly #files: ServerFiles;
  readonly #executor: RestartExecutor;
  readonly #watch: ServiceWatch;
  readonly #probes: ServiceProbes;
  readonly #meter: UsageMeter;
  readonly #sample: () => ReturnType<ReturnType<typeof sampler>>;
  readonly #orderJournal: OrderJournal;
  readonly #runner: OrderRunner;
  readonly #spool: ReadingSpool;
  readonly #allowFiles: AllowFileWatch;
  readonly #timers: NodeJS.Timeout[] = [];
  #rules: RestartRules;
  #link: Link | null = null;
  #toldFacts = '';
  #measuring: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(config: AgentConfig, parts: Partial<AgentParts>) {
    this.#config = config;
    this.#log = parts.log ?? jsonLines(() => undefined);
    this.#hostname = parts.hostname ?? os.hostname();
    this.#bootId = parts.bootId ?? readBootId();
    this.#files = serverFiles(config, parts.allowFileOwnerUid ?? 0);
    this.#identity = new Identity(config.stateDir, config.enrolmentToken);
    this.#executor = parts.executor ?? executorBehindSocket(config.restartSocket, config.ordersDir);
    this.#orderJournal = new OrderJournal(config.stateDir);
    this.#spool = new ReadingSpool({
      folder: join(config.stateDir, 'readings'),
      bootId: this.#bootId,
      ...{ uptimeMs, log: this.#log },
    });
    this.#rules = this.#readRules();
    this.#meter = new UsageMeter(parts.usageRoots ?? { proc: '/proc', cgroup: cgroupRoot() });
    this.#sample = sampler(collectors(), this.#log);
    const readJournal = journalAsChosen(
      this.#files.journal,
      parts.readJournal ?? journalByJournalctl(),
      journalBehindSocket(config.journalSocket),
    );
    this.#probes = new ServiceProbes({
      targets: this.#files.probeTargets(),
      onChange: (unit) => this.#watch.probeChanged(unit),
    });
    this.#watch = new ServiceWatch({
      systemd: parts.systemd ?? systemdOverDbus(config.dbusAddress),
      readJournal,
      rules: () => this.#rules,
      probeOf: (name, state) => this.#probes.reportOf(name, state),
      log: this.#log,
      onReports: (reports, complete) => this.#sendReports(reports, complete),
      onSystemd: () => this.#tellFacts(),
    });
    this.#runner = new OrderRunner({
      keeper: this.#watch.keeper,
      observers: this.#watch.observers,
      records: () => this.#watch.records,
      rules: () => this.#readRules(),
      bootId: this.#bootId,
      readJournal,
      memoryOf: (state) => this.#meter.memoryOf(state.controlGroup),
      journal: this.#orderJournal,
      executor: this.#executor,
      assertApproved: (order) => this.#assertApproved(order),
      limits: () => this.#files.limits().limits,
      uptimeMs,
      askProbe: (probe, stop) => this.#probes.askOnce(probe, stop),
      send: (frame) => this.#send(frame),
      log: this.#log,
    });
    const watched = [...this.#files.paths, config.restartSocket];
    this.#allowFiles = new AllowFileWatch(watched, () => this.#rulesMayHaveChanged());
  }

  async start(): Promise<void> {
    await Promise.race([
      this.#watch.keeper.firstAttempt,
      setTimeout(FIRST_SYSTEMD_MS, undefined, { ref: false }),
    ]);
    if (this.#disposed) return;
    this.#link = new Link({
      url: this.#config.linkUrl,
      identity: this.#identity,
      facts: () => this.#facts(),
      onWelcome: ({ expected }) => this.#welcomed(expected),
      onFrame: (frame) => this.#take(frame),
      uptimeMs,
      log: this.#log,
    });
    this.#every(METRICS_MS, () => {
      this.#measuring = this.#sendMetrics();
    });
    this.#every(FACTS_MS, () => this.#tellFacts());
    this.#every(RULES_MS, () => this.#rulesMayHaveChanged());
  }

  get state(): Agent['state'] {
    return {
      linked: this.#link?.up ?? false,
      systemdProblem: this.#watch.keeper.problem,
      services: this.#watch.records.size,
      ordersAtWork: this.#runner.atWork,
    };
  }

  #welcomed(expected: readonly ExpectedUnit[]): void {
    this.#probes.expect(expected);
    this.#watch.tellAll();
    this.#watch.expect(expected.map(({ unit }) => unit));
    this.#runner.reportAll();
    void this.#sendMetrics();
  }

  #take(frame: FromHub): void {
    switch (frame.type) {
      case 'beat':
        return;
      case 'expected':
        this.#probes.expect(frame.expected);
        return this.#watch.expect(frame.expected.map(({ unit }) => unit));
      case 'order':
        return this.#runner.take(frame.order, frame.audit ?? null);
      case 'query':
        return this.#runner.query(frame.order_ids);
      case 'query_heads':
        return this.#tellHeads(frame.query_id, frame.limit);
      case 'result_ack':
        return this.#runner.acknowledged(frame.order_id);
      case 'query_spool':
        this.#spool.write();
        return this.#tellSpooled();
      case 'spool_ack':
        this.#spool.remove(frame.batch);
        return this.#tellSpooled();
    }
  }

  /** What this server was shown of the hub's audit, for whoever doubts the hub. */
  #tellHeads(query_id: number, limit: number): void {
    const all = this.#orderJournal.heads();
    this.#send({ type: 'heads', query_id, total: all.length, heads: all.slice(0, limit) });
  }

  #tellSpooled(): void {
    const batch = this.#spool.oldest();
    if (batch !== null) this.#send(batch);
  }

  #send(frame: Unversioned<AgentFrame>): void {
    this.#link?.send(frame);
  }

  #sendReports(reports: ServiceReport[], complete: boolean): void {
    if (this.#link?.up !== true) return;
    for (const frame of servicesFrames(reports, complete)) this.#send(frame);
  }

  async #sendMetrics(): Promise<void> {
    const [sample, services] = await Promise.all([
      this.#sample(),
      this.#meter.measure(this.#watch.records.values()),
    ]);
    this.#watch.lookAtGroups(this.#meter.cgroup);
    if (this.#link?.up !== true) this.#spool.add(sample);
    else if (!this.#link.busy) this.#send({ type: 'metrics', sample, services });
  }

  #facts() {
    const { session, problem } = this.#watch.keeper;
    const facts = readFacts({
      hostname: this.#hostname,
      bootId: this.#bootId,
      monitorOnly: this.#config.monitorOnly,
      systemdVersion: session?.version ?? null,
      systemdProblem: problem,
      limitsProblem: this.#files.limits().problem,
      sealing: this.#files.approvers(),
      allows: allowsOf(this.#files),
      relaxations: readRelaxations(this.#config.unitDir),
      updates: readUpdates(this.#config.updatesFile),
    });
    this.#toldFacts = JSON.stringify(facts);
    return facts;
  }

  #tellFacts(): void {
    if (this.#link?.up !== true) return;
    const before = this.#toldFacts;
    const facts = this.#facts();
    if (this.#toldFacts !== before) this.#send({ type: 'facts', facts });
  }

  #readRules(): RestartRules {
    return {
      hostname: this.#hostname,
      monitorOnly: this.#config.monitorOnly,
      allow: this.#files.allow(),
      lockout: this.#files.lockout(),
      executorProblem: this.#executor.problem(),
    };
  }

  #assertApproved(order: Order): void {
    const agentKey = this.#identity.key.publicKey;
    assertSealed(order, this.#files.approvers(), { agentKey, nowMs: Date.now() });
  }

  #rulesMayHaveChanged(): void {
    this.#tellFacts();
    this.#rules = this.#readRules();
    this.#probes.targetsRead(this.#files.probeTargets());
    this.#allowFiles.resume();
    this.#watch.rulesChanged();
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#allowFiles[Symbol.dispose]();
    await this.#measuring;
    this.#spool.write();
    this.#runner[Symbol.dispose]();
    await this.#link?.[Symbol.asyncDispose]();
    this.#probes[Symbol.dispose]();
    await this.#watch[Symbol.asyncDispose]();
    this.#orderJournal[Symbol.dispose]();
  }
}
