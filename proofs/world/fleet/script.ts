import {
  ClaimsFolder,
  type ExecutorAnswer,
  type ExecutorLine,
  ExecutorUnreachable,
  parseAnswer,
  type RestartExecutor,
} from '@homelabcmd/agent/rules';
import type { Disk } from '../ground/disk.ts';
import { pauseOf, type Host, type Process, type Timeline } from '../ground/timeline.ts';
import { type ScriptNow, takeRun, tryTo, writeRun } from './runs.ts';
import type { Systemd } from './systemd.ts';

/** Each time that the script gave a unit to systemd. */
export interface Run {
  readonly orderId: string;
  readonly unit: string;
  readonly atMs: number;
  exitCode: number | null;
}

interface Asked {
  readonly verb: string;
  readonly orderId: string;
  readonly unit: string;
  answer(line: string): void;
  end(): void;
}

export interface ScriptParts {
  readonly timeline: Timeline;
  readonly host: Host;
  readonly disk: Disk;
  readonly systemd: Systemd;
  readonly allowed: ReadonlySet<string>;
  readonly ordersDir: string;
  readonly runsDir: string;
  /** False for the mistake of forgetting each claim when its work is done. */
  readonly keepsOrders: boolean;
  bootId(): string;
  /** How long the server has been up, its sleep counted. */
  uptimeMs(): number;
  onRun(run: Run): void;
}

/**
 * The root-owned script of one server, step by step as `deploy/restart-service` has them: a process of its own for each
 * connection, which goes on when the agent that asked it is gone and ends only with the server.
 */
export class RestartScript {
  /** Nobody listens on the socket. */
  isAway = false;
  /** The longest that one step takes: the script lags. */
  stepMs = 5;
  readonly #parts: ScriptParts;
  readonly #running = new Set<Process>();

  constructor(parts: ScriptParts) {
    this.#parts = parts;
  }

  get atWork(): number {
    return this.#running.size;
  }

  /** The end of the server takes the script along. */
  losePower(): void {
    for (const process of this.#running) process.isAlive = false;
    this.#running.clear();
  }

  /** The executor as the agent has it: the real claims folder, and a line to this script. */
  executor(): RestartExecutor {
    const { ordersDir, disk } = this.#parts;
    const claims = new ClaimsFolder(ordersDir);
    return {
      problem: () => (this.isAway ? 'The restart script is not there.' : null),
      open: (): ExecutorLine => ({
        ask: (verb, orderId, unit) => this.#ask(verb, orderId, unit),
        [Symbol.dispose]: () => undefined,
      }),
      claim: (orderId) => claims.read(orderId),
      waitForExit: (orderId, signal) => claims.waitForExit(orderId, signal),
      everClaimed: () => disk.exists(ordersDir),
    };
  }

  async *#ask(verb: string, orderId: string, unit: string): AsyncGenerator<ExecutorAnswer> {
    const { timeline, host } = this.#parts;
    const asker = timeline.current;
    if (asker === null || this.isAway) throw new ExecutorUnreachable('connect ENOENT');
    const waiting: (string | null)[] = [];
    let wake = Promise.withResolvers<void>();
    const hear = (line: string | null) => {
      timeline.at(asker, 1, () => {
        waiting.push(line);
        wake.resolve();
      });
    };
    const process: Process = { name: `${host.name} script`, host, isAlive: true };
    this.#running.add(process);
    const asked = { verb, orderId, unit, answer: hear, end: () => hear(null) };
    timeline.at(process, timeline.between(1, this.stepMs), () => {
      void this.#serve(process, asked).finally(() => {
        this.#running.delete(process);
        process.isAlive = false;
        asked.end();
      });
    });
    for (;;) {
      const line = waiting.shift();
      if (line === null) return;
      if (line !== undefined) yield parseAnswer(line);
      else {
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    }
  }

  async #serve(process: Process, asked: Asked): Promise<void> {
    const { timeline, disk, allowed, ordersDir, runsDir } = this.#parts;
    const { verb, orderId, unit, answer } = asked;
    const step = () => pauseOf(timeline, process, timeline.between(0, this.stepMs));
    const folder = `${ordersDir}/${orderId}`;
    if (disk.exists(folder)) return answer(this.#ofClaim(folder));
    if (verb !== 'fence' && !allowed.has(unit)) return answer('refused not_allowed');
    await step();
    let counted: string | null = null;
    if (verb !== 'fence') {
      const taken = takeRun(disk, `${runsDir}/${unit}`, this.#now());
      if (taken === 'broken') return answer('refused claim_failed');
      if (taken === 'full')
        return answer(disk.exists(folder) ? this.#ofClaim(folder) : 'refused rate_limited');
      counted = taken.path;
    }
    try {
      disk.mkdir(folder, false);
    } catch {
      return answer(disk.exists(folder) ? this.#ofClaim(folder) : 'refused claim_failed');
    }
    await step();
    if (!(await this.#claim(folder, asked, counted, step))) return answer('fenced');
    if (counted === null) return answer('fenced');
    answer('started');
    await step();
    const run: Run = { orderId, unit, atMs: timeline.nowMs, exitCode: null };
    this.#parts.onRun(run);
    const exited = Promise.withResolvers<number>();
    this.#parts.systemd.restart(unit, orderId, verb === 'reset-and-restart', (code) => {
      timeline.at(process, 1, () => exited.resolve(code));
    });
    run.exitCode = await exited.promise;
    await step();
    await this.#leave(folder, run.exitCode, counted, step);
    if (!this.#parts.keepsOrders) disk.remove(folder);
    answer(`done ${run.exitCode}`);
  }

  /** Writes whose claim it is and syncs it; false when the disk did not take it, so that nothing may run. */
  async #claim(
    folder: string,
    { verb, unit }: Asked,
    counted: string | null,
    step: () => Promise<void>,
  ): Promise<boolean> {
    const { disk, ordersDir, runsDir } = this.#parts;
    try {
      disk.write(`${folder}/unit`, `${unit}\n`);
      disk.write(`${folder}/boot`, `${this.#parts.bootId()}\n`);
      disk.write(`${folder}/verb`, `${verb}\n`);
      await step();
      for (const name of ['unit', 'boot', 'verb']) disk.sync(`${folder}/${name}`);
      disk.sync(folder);
      disk.sync(ordersDir);
      if (counted !== null) for (const path of [counted, `${runsDir}/${unit}`, runsDir]) disk.sync(path);
      return true;
    } catch {
      tryTo(() => disk.write(`${folder}/verb`, 'fence\n'));
      return false;
    }
  }

  async #leave(folder: string, exitCode: number, counted: string, step: () => Promise<void>): Promise<void> {
    const { disk } = this.#parts;
    tryTo(() => writeRun(disk, counted, this.#now()));
    try {
      disk.write(`${folder}/output`, '');
      disk.write(`${folder}/exit.new`, `${exitCode}\n`);
      disk.sync(`${folder}/output`);
      disk.sync(`${folder}/exit.new`);
      disk.sync(counted);
      await step();
      disk.rename(`${folder}/exit.new`, `${folder}/exit`);
      disk.sync(folder);
    } catch {
      // The outcome stays open on disk, as it does when a shell's `&&` ends early.
    }
  }

  #now(): ScriptNow {
    return { bootId: this.#parts.bootId(), uptimeMs: this.#parts.uptimeMs() };
  }

  #ofClaim(folder: string): string {
    const { disk } = this.#parts;
    const read = (name: string) =>
      disk.exists(`${folder}/${name}`) ? disk.read(`${folder}/${name}`).toString().trim() : '';
    if (read('exit') !== '') return `done ${read('exit')}`;
    return read('verb') === 'fence' ? 'fenced' : 'claimed';
  }
}
