import { keyPairFromPem } from '@homelabcmd/protocol/link';
import type { Network } from '../ground/network.ts';
import { Disk } from '../ground/disk.ts';
import { FOLDER } from '../ground/calls.ts';
import { Killed, type Host, newHost, type Process, type Timeline } from '../ground/timeline.ts';
import { type SimulatedAgent, startAgent } from './agent.ts';
import { SERVICES } from './image.ts';
import { type Run, RestartScript } from './script.ts';
import { Systemd } from './systemd.ts';

export interface ServerParts {
  readonly timeline: Timeline;
  readonly network: Network;
  /** In PEM. */
  readonly agentKey: string;
  /** The hub that the agent was enrolled with. */
  readonly hubKey: string;
  /** False for the mistake of keeping neither claim nor record of an order that is over. */
  readonly keepsOrders: boolean;
  onRun(run: Run): void;
}

const AGENT_AGAIN_MS = 1000;

/** A server with its disk, its systemd, its restart script and its agent. */
export class Server {
  readonly id: string;
  readonly host: Host;
  readonly disk: Disk;
  readonly systemd: Systemd;
  readonly script: RestartScript;
  /** Something has happened here by which the outcome of an order can be lost. */
  mayHaveForgotten = false;
  /** Whoever starts the agent again when it is gone: systemd does that, and it takes a second. */
  readonly #keeper: Process;
  readonly #parts: ServerParts;
  readonly #allowed: ReadonlySet<string>;
  #boots = 1;
  #bootedMs = 0;
  #process: Process | null = null;
  #agent: SimulatedAgent | null = null;

  constructor(id: string, parts: ServerParts) {
    const { timeline } = parts;
    this.id = id;
    this.#parts = parts;
    this.host = newHost(id);
    this.#keeper = { name: `${id} keeper`, host: this.host, isAlive: true };
    this.disk = new Disk(timeline);
    this.disk.onDeath = () => this.killAgent();
    this.systemd = new Systemd(timeline, this.host);
    this.#allowed = new Set(SERVICES.map((name) => `${name}.service`));
    for (const unit of this.#allowed) this.systemd.add(unit, usualConduct(timeline));
    this.disk.mkdir(this.#path('state'), true);
    this.disk.mkdir(this.#path('orders'), true);
    this.disk.mkdir(this.#path('runs'), true);
    this.disk.write(this.#path('state/agent-key'), parts.agentKey);
    this.disk.write(this.#path('state/hub-key'), parts.hubKey);
    for (const folder of ['', 'state/agent-key', 'state/hub-key', 'state'])
      this.disk.sync(this.#path(folder));
    for (const folder of [FOLDER, '/']) this.disk.sync(folder);
    this.script = new RestartScript({
      ...{ timeline, host: this.host, disk: this.disk, systemd: this.systemd },
      ...{ allowed: this.#allowed, ordersDir: this.#path('orders'), bootId: () => this.bootId },
      ...{ runsDir: this.#path('runs'), uptimeMs: () => this.#uptimeMs() },
      ...{ onRun: parts.onRun, keepsOrders: parts.keepsOrders },
    });
  }

  get bootId(): string {
    return `boot-${this.id}-${this.#boots}`;
  }

  get agentProcess(): Process | null {
    return this.#process;
  }

  get agent(): SimulatedAgent | null {
    return this.#process?.isAlive === true ? this.#agent : null;
  }

  get isQuiet(): boolean {
    const { agent } = this;
    return agent?.isLinked() === true && agent.ordersAtWork().length === 0 && this.script.atWork === 0;
  }

  /** The public keys that are on its disk: of the agent, and of the one that it is about to be known by. */
  keys(): readonly string[] {
    return ['state/agent-key', 'state/agent-key.next']
      .map((name) => this.#path(name))
      .filter((path) => this.disk.exists(path))
      .map((path) => keyPairFromPem(this.disk.read(path).toString('utf8')).publicKey);
  }

  startAgentIn(waitMs: number): void {
    const { timeline } = this.#parts;
    const process: Process = { name: `${this.id} agent`, host: this.host, isAlive: true };
    this.#process = process;
    timeline.at(process, waitMs, () => {
      try {
        if (!this.#parts.keepsOrders) this.#wipe();
        this.#agent = startAgent({
          ...{ serverId: this.id, stateDir: this.#path('state'), bootId: this.bootId },
          uptimeMs: () => this.#uptimeMs(),
          ...{ systemd: this.systemd, executor: this.script.executor(), allowed: this.#allowed },
        });
      } catch (error) {
        if (error instanceof Killed) return;
        timeline.note(`${this.id}: the agent cannot start: ${(error as Error).message}`);
        this.killAgent();
      }
    });
  }

  #uptimeMs(): number {
    return Math.max(this.#parts.timeline.nowMs, this.host.asleepUntilMs) - this.#bootedMs;
  }

  /** SIGKILL: what was written is there, what was being done goes on without it. */
  killAgent(againInMs = AGENT_AGAIN_MS): void {
    const process = this.#process;
    if (process === null || !process.isAlive) return;
    const { timeline, network } = this.#parts;
    process.isAlive = false;
    this.#agent = null;
    network.lost(process, true);
    timeline.note(`${this.id}: the agent is gone`);
    timeline.at(this.#keeper, againInMs, () => {
      if (this.#process === process) this.startAgentIn(1);
    });
  }

  /** The power goes, and comes back. */
  losePower(offMs: number): void {
    const { timeline, network } = this.#parts;
    this.mayHaveForgotten = true;
    timeline.note(`${this.id}: the power is gone for ${offMs} ms`);
    if (this.#process !== null) {
      this.#process.isAlive = false;
      network.lost(this.#process, false);
    }
    this.#process = null;
    this.#agent = null;
    this.script.losePower();
    this.systemd.losePower();
    this.disk.losePower();
    this.#boots += 1;
    timeline.at(this.#keeper, offMs, () => {
      this.#bootedMs = timeline.nowMs;
      this.systemd.boot();
      if (this.#process === null) this.startAgentIn(timeline.between(100, 3000));
    });
  }

  /** Someone wipes the record of the agent; the claims, which are root's, stay. */
  loseJournal(): void {
    this.mayHaveForgotten = true;
    this.#wipe();
    this.killAgent();
  }

  #wipe(): void {
    const journal = this.#path('state/orders.jsonl');
    if (this.disk.exists(journal)) this.disk.remove(journal);
  }

  #path(name: string): string {
    return `${FOLDER}${this.id}/${name}`;
  }
}

const usualConduct = (timeline: Timeline) => ({
  restart: (['no', 'no', 'on-failure', 'always'] as const)[timeline.between(0, 3)] ?? 'no',
  restartAfterMs: timeline.between(100, 2000),
  stopMs: timeline.between(1, 400),
  startMs: timeline.between(1, 800),
  failing: timeline.happens(0.1) ? timeline.between(1, 10) / 10 : 0,
  endsAfterMs: timeline.happens(0.07) ? timeline.between(50, 4000) : null,
});
