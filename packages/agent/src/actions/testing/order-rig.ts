import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentFrame,
  AgentFrame as Frame,
  type Order,
  type OrderResult,
  type Sealing,
} from '@homelabcmd/protocol';
import { vi } from 'vitest';
import { ServiceProbes } from '../../probes/probes.ts';
import { newRecord, type ServiceRecord } from '../../services/record.ts';
import { SystemdKeeper } from '../../systemd/keeper.ts';
import { absentUnit, type SystemdPort, type UnitState } from '../../systemd/port.ts';
import { UnitObservers } from '../../systemd/unit-observers.ts';
import { executorBehindSocket } from '../executor/restart-socket.ts';
import { assertSealed } from '../guards/sealed.ts';
import { OrderJournal } from '../order-journal.ts';
import { OrderRunner } from '../runner.ts';

export const BOOT = 'boot-1';
/** By this the agent knows itself. */
export const AGENT_KEY = 'the-key-of-this-agent';

export const idOf = (n: number) => `019a0000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const order = (n: number, change: Partial<Order> = {}): Order => ({
  order_id: idOf(n),
  action_id: n,
  digest: 'd1'.repeat(32),
  kind: 'restart_service',
  target: 'systemd:plex.service',
  verb: 'restart',
  expect: null,
  ttl_ms: 60_000,
  settle_ms: 20,
  probe: null,
  ...change,
});

const nothing = () => undefined;

/** A runner with the real journal, claims folder and socket; systemd and the root-owned script are played. */
export class OrderRig implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'runner-'));
  readonly units = new Map<string, UnitState>();
  readonly aliases = new Map<string, string>();
  readonly observers = new UnitObservers();
  readonly probes = new ServiceProbes({
    targets: { path: '/probe-targets', lines: new Set(), problem: null, fixCommand: null },
    onChange: nothing,
  });
  /** The invocation of each start: the witness of how often something ran. */
  readonly runs: string[] = [];
  /** How often somebody has connected to the script: each time is a process of root's. */
  connections = 0;
  /** The verbs that the script was asked for. */
  readonly asked: string[] = [];
  readonly frames: AgentFrame[] = [];
  /** The sentences that the runners have logged. */
  readonly logged: string[] = [];
  readonly allowed = new Set(['plex.service']);
  limits = {
    automatic_spacing_s: 60,
    automatic_per_hour: 3,
    automatic_per_day: 6,
    automatic_per_hour_together: 6,
    all_per_hour: 20,
  };
  /** What root has written of approvers; `null`: the server is not sealed. */
  sealing: Sealing | null = null;
  systemdIsThere = true;
  systemdProblem = 'There is no systemd here.';
  monitorOnly = false;
  /** Whether the agent has a record of its services, and when systemd restarted each by itself. */
  hasRecords = true;
  restartedAt: number[] = [];
  /** How long the machine has been up. */
  uptimeMs = 1e9;
  onRead: () => void = nothing;
  onRestart = (unit: string, socket: Socket): void => {
    this.start(unit);
    this.finish(idOf(1), socket, 0);
  };
  #script: Server | undefined;
  readonly #open: { runner: OrderRunner; keeper: SystemdKeeper; journal: OrderJournal }[] = [];

  setUnit(id: string, change: Partial<UnitState>): void {
    const state = { ...(this.units.get(id) ?? absentUnit(id)), loadState: 'loaded', ...change };
    this.units.set(id, state);
    this.observers.tellState(id, state);
    if (change.invocationId) this.observers.tellInvocation(id, change.invocationId);
  }

  start(id: string, change: Partial<UnitState> = {}): void {
    const invocationId = (this.runs.length + 1).toString(16).padStart(32, '0');
    this.runs.push(invocationId);
    const running = { activeState: 'active', subState: 'running', result: 'success', mainPid: 100 };
    this.setUnit(id, { ...running, invocationId, ...change });
  }

  /** Stands where the root-owned script stands: it claims by folder, and answers a second asker from the claim. */
  async listen(): Promise<void> {
    const script = createServer((socket) => {
      this.connections += 1;
      socket.on('error', nothing);
      socket.setEncoding('utf8').once('data', (line) => this.#serve(String(line), socket));
    });
    this.#script = script;
    await new Promise<void>((resolve) => script.listen(join(this.folder, 'restart.sock'), resolve));
  }

  #serve(line: string, socket: Socket): void {
    const [verb = '', id = '', unit = ''] = line.trim().split(' ');
    this.asked.push(verb);
    const claim = join(this.folder, 'orders', id);
    try {
      mkdirSync(claim);
    } catch {
      socket.end('claimed\n');
      return;
    }
    writeFileSync(join(claim, 'verb'), `${verb}\n`);
    writeFileSync(join(claim, 'boot'), `${BOOT}\n`);
    if (verb === 'fence') {
      socket.end('fenced\n');
      return;
    }
    socket.write('started\n');
    this.onRestart(unit, socket);
  }

  finish(id: string, socket: Socket, code: number, output = ''): void {
    writeFileSync(join(this.folder, 'orders', id, 'output'), output);
    writeFileSync(join(this.folder, 'orders', id, 'exit'), `${code}\n`);
    socket.end(`done ${code}\n`);
  }

  newRunner(): OrderRunner {
    const events = { connected: nothing, unavailable: nothing, changed: nothing, loaded: nothing };
    const keeper = new SystemdKeeper(
      this.#systemd(),
      { ...events, unloaded: nothing, jobEnded: nothing, reloading: nothing },
      nothing,
    );
    const list = (path: string, lines: Set<string>) => ({ path, lines, problem: null, fixCommand: null });
    const journal = new OrderJournal(this.folder);
    const executor = executorBehindSocket(join(this.folder, 'restart.sock'), join(this.folder, 'orders'));
    const runner = new OrderRunner({
      keeper,
      observers: this.observers,
      records: () => this.#records(),
      rules: () => ({
        hostname: 'media',
        monitorOnly: this.monitorOnly,
        allow: list('/allow', this.allowed),
        lockout: list('/lockout', new Set()),
        executorProblem: executor.problem(),
      }),
      bootId: BOOT,
      readJournal: async () => [
        { at: new Date(0).toISOString(), identifier: 'plex', pid: 1, priority: 6, message: 'hello' },
      ],
      memoryOf: () => null,
      askProbe: (probe, stop) => this.probes.askOnce(probe, stop),
      journal,
      executor,
      assertApproved: (one) => assertSealed(one, this.sealing, { agentKey: AGENT_KEY, nowMs: Date.now() }),
      limits: () => this.limits,
      uptimeMs: () => this.uptimeMs,
      send: (frame) => this.frames.push(Frame.parse({ v: 2, ...frame })),
      log: (_level, msg) => this.logged.push(msg),
    });
    this.#open.push({ runner, keeper, journal });
    return runner;
  }

  #records(): Map<string, ServiceRecord> {
    const units = this.hasRecords ? [...this.units] : [];
    return new Map(
      units.map(([id, state]) => [id, { ...newRecord(state, true), restartedAt: this.restartedAt }]),
    );
  }

  #systemd(): SystemdPort {
    return {
      connect: async () => {
        if (!this.systemdIsThere) throw new Error(this.systemdProblem);
        return {
          version: '252',
          list: async () => [],
          read: async (unit) => {
            this.onRead();
            return this.units.get(this.aliases.get(unit) ?? unit) ?? absentUnit(unit);
          },
          [Symbol.asyncDispose]: async () => undefined,
        };
      },
    };
  }

  /** The process is gone: what it was waiting for never comes back to it. */
  async close(): Promise<void> {
    for (const { runner, keeper, journal } of this.#open.splice(0)) {
      runner[Symbol.dispose]();
      await keeper[Symbol.asyncDispose]();
      journal[Symbol.dispose]();
    }
  }

  /** From here on the journal cannot be written. */
  breakJournal(): void {
    for (const { journal } of this.#open) journal[Symbol.dispose]();
  }

  async closeScript(): Promise<void> {
    const script = this.#script;
    this.#script = undefined;
    if (script !== undefined) await new Promise((resolve) => script.close(resolve));
  }

  results(n: number): OrderResult[] {
    return this.frames.flatMap((frame) =>
      frame.type === 'order_result' && frame.order_id === idOf(n) ? [frame.result] : [],
    );
  }

  resultOf(n: number): Promise<OrderResult> {
    return vi.waitFor(
      () => {
        const [result] = this.results(n);
        if (result === undefined) throw new Error(`order ${n} has no result`);
        return result;
      },
      { timeout: 10_000 },
    );
  }

  steps(): string[] {
    return this.frames.flatMap((frame) => (frame.type === 'order_progress' ? [frame.step] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.closeScript();
    rmSync(this.folder, { recursive: true });
  }
}

/** A server with a failed `plex.service` that may be restarted. */
export async function openRig(): Promise<OrderRig> {
  const rig = new OrderRig();
  mkdirSync(join(rig.folder, 'orders'));
  const failed = { activeState: 'failed', subState: 'failed', result: 'signal' };
  rig.setUnit('plex.service', { ...failed, invocationId: 'f'.repeat(32) });
  await rig.listen();
  return rig;
}
