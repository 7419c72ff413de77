import {
  absentUnit,
  type SystemdEvents,
  type SystemdPort,
  type SystemdSession,
  type UnitState,
} from '@homelabcmd/agent/rules';
import type { Cancel, Host, Process, Timeline } from '../ground/timeline.ts';

/** How a service behaves. */
export interface Conduct {
  restart: 'no' | 'on-failure' | 'always';
  restartAfterMs: number;
  stopMs: number;
  startMs: number;
  /** Share of its starts that fail. */
  failing: number;
  /** It ends by itself so long after a start; `null`: it stays up. */
  endsAfterMs: number | null;
}

/** One run of a service, by what it was started: the witness of all that a restart did. */
export interface Start {
  readonly unit: string;
  readonly invocationId: string;
  /** The order that caused it, or `null`. */
  readonly orderId: string | null;
  /** When it was up, by the host's monotonic clock; `null` when it never was. */
  upMs: number | null;
  endedMs: number | null;
}

interface Unit {
  state: UnitState;
  readonly conduct: Conduct;
  /** What systemd is doing with it, or is about to do. */
  next: Cancel | null;
  job: { readonly done: (exitCode: number) => void } | null;
  readonly startedMs: number[];
  start: Start | null;
}

const BURST = 5;
const BURST_INTERVAL_MS = 10_000;

/**
 * systemd of one server: units with starts, stops, crashes, `Restart=` and start limits, and signals that take a moment.
 * The ground beneath is `pid1`, which ends with the boot.
 */
export class Systemd implements SystemdPort {
  readonly units = new Map<string, Unit>();
  readonly starts: Start[] = [];
  readonly #timeline: Timeline;
  readonly #host: Host;
  readonly #sessions = new Map<SystemdEvents, { process: Process; busyUntilMs: number }>();
  pid1: Process;
  #lastInvocation = 0;

  constructor(timeline: Timeline, host: Host) {
    this.#timeline = timeline;
    this.#host = host;
    this.pid1 = { name: `${host.name} systemd`, host, isAlive: true };
  }

  add(id: string, conduct: Conduct): void {
    const state = {
      ...absentUnit(id),
      loadState: 'loaded',
      type: 'simple',
      restart: conduct.restart,
      startLimitBurst: BURST,
      startLimitIntervalMs: BURST_INTERVAL_MS,
    };
    this.units.set(id, { state, conduct, next: null, job: null, startedMs: [], start: null });
  }

  async connect(events: SystemdEvents): Promise<SystemdSession> {
    const process = this.#timeline.current;
    if (process === null) throw new Error('Nobody connects from outside of the world.');
    await this.#moment(process);
    this.#sessions.set(events, { process, busyUntilMs: 0 });
    const isLost = () => !this.#sessions.has(events);
    return {
      version: '252 (simulated)',
      list: async () => {
        await this.#moment(process);
        if (isLost()) throw new Error('the connection is gone');
        return [...this.units.values()].map(({ state }) => state);
      },
      read: async (unit) => {
        await this.#moment(process);
        if (isLost()) throw new Error('the connection is gone');
        return this.units.get(unit)?.state ?? absentUnit(unit);
      },
      [Symbol.asyncDispose]: async () => {
        this.#sessions.delete(events);
      },
    };
  }

  /** The message bus is restarted: every session is lost. */
  loseSessions(): void {
    for (const [events, { process }] of this.#sessions) {
      this.#sessions.delete(events);
      this.#timeline.at(process, this.#timeline.between(0, 5), () => events.lost('the bus went away'));
    }
  }

  /** systemctl restart: `done` is told its exit code. */
  restart(id: string, orderId: string, isReset: boolean, done: (exitCode: number) => void): void {
    const unit = this.units.get(id);
    if (unit === undefined) return done(5);
    this.#supersede(unit);
    if (isReset) unit.startedMs.length = 0;
    unit.job = { done };
    this.#change(unit, { jobQueued: true });
    const wasUp = unit.state.activeState === 'active';
    if (!wasUp) return this.#begin(unit, orderId);
    this.#change(unit, { activeState: 'deactivating', subState: 'stop-sigterm' });
    this.#later(unit, unit.conduct.stopMs, () => {
      this.#over(unit, { activeState: 'inactive', subState: 'dead', result: 'success' });
      this.#begin(unit, orderId);
    });
  }

  /** Someone on the server stops it on purpose. */
  stop(id: string): void {
    const unit = this.units.get(id);
    if (unit === undefined) return;
    this.#supersede(unit);
    this.#over(unit, { activeState: 'inactive', subState: 'dead', result: 'success' });
  }

  /** Someone on the server starts it, when it does not run. */
  start(id: string): void {
    const unit = this.units.get(id);
    if (unit === undefined || unit.state.activeState === 'active') return;
    this.#supersede(unit);
    this.#begin(unit, null);
  }

  /** Its process ends by itself. */
  crash(id: string): void {
    const unit = this.units.get(id);
    if (unit === undefined || unit.state.activeState !== 'active') return;
    this.#ended(unit, 'signal');
  }

  /** The power is gone: all ends at once, and nobody is told. */
  losePower(): void {
    this.pid1.isAlive = false;
    this.#sessions.clear();
    const nowMs = this.#timeline.monotonicMs(this.#host);
    for (const unit of this.units.values()) {
      if (unit.start !== null && unit.start.endedMs === null) unit.start.endedMs = nowMs;
      Object.assign(unit, { next: null, job: null, start: null });
      unit.startedMs.length = 0;
      unit.state = {
        ...unit.state,
        ...{ activeState: 'inactive', subState: 'dead', result: 'success', invocationId: '', nRestarts: 0 },
        ...{ mainPid: 0, jobQueued: false },
      };
    }
  }

  boot(): void {
    this.pid1 = { name: `${this.#host.name} systemd`, host: this.#host, isAlive: true };
    for (const unit of this.units.values())
      if (this.#timeline.happens(0.8))
        this.#timeline.at(this.pid1, this.#timeline.between(1, 500), () => this.start(unit.state.id));
  }

  #moment(process: Process): Promise<void> {
    return new Promise((resolve) => {
      this.#timeline.at(process, this.#timeline.between(0, 3), resolve);
    });
  }

  #begin(unit: Unit, orderId: string | null): void {
    const nowMs = this.#timeline.monotonicMs(this.#host);
    const recent = unit.startedMs.filter((ms) => nowMs - ms < BURST_INTERVAL_MS);
    if (recent.length >= BURST) {
      this.#change(unit, {
        ...{ activeState: 'failed', subState: 'failed', result: 'start-limit-hit', jobQueued: false },
      });
      return this.#finish(unit, 1);
    }
    unit.startedMs.splice(0, unit.startedMs.length, ...recent, nowMs);
    this.#lastInvocation += 1;
    const invocationId = `${this.#host.name}-${String(this.#lastInvocation).padStart(12, '0')}`;
    unit.start = { unit: unit.state.id, invocationId, orderId, upMs: null, endedMs: null };
    this.starts.push(unit.start);
    this.#change(unit, {
      ...{ activeState: 'activating', subState: 'start', result: 'success', invocationId },
      ...{ jobQueued: false, mainPid: 1000 + this.#lastInvocation },
    });
    this.#later(unit, unit.conduct.startMs, () => this.#up(unit));
  }

  #up(unit: Unit): void {
    if (this.#timeline.happens(unit.conduct.failing)) {
      this.#ended(unit, 'exit-code');
      return this.#finish(unit, 1);
    }
    if (unit.start !== null) unit.start.upMs = this.#timeline.monotonicMs(this.#host);
    this.#change(unit, { activeState: 'active', subState: 'running' });
    this.#finish(unit, 0);
    const { endsAfterMs } = unit.conduct;
    if (endsAfterMs !== null) this.#later(unit, endsAfterMs, () => this.#ended(unit, 'exit-code'));
  }

  #ended(unit: Unit, result: string): void {
    unit.next?.cancel();
    const { restart, restartAfterMs } = unit.conduct;
    if (restart === 'no') return this.#over(unit, { activeState: 'failed', subState: 'failed', result });
    this.#over(unit, { activeState: 'activating', subState: 'auto-restart', result });
    this.#later(unit, restartAfterMs, () => {
      this.#change(unit, { nRestarts: unit.state.nRestarts + 1 });
      this.#begin(unit, null);
    });
  }

  #over(unit: Unit, change: Partial<UnitState>): void {
    if (unit.start !== null && unit.start.endedMs === null)
      unit.start.endedMs = this.#timeline.monotonicMs(this.#host);
    this.#change(unit, { ...change, mainPid: 0 });
  }

  /** A new job takes the place of the one before, which counts as cancelled. */
  #supersede(unit: Unit): void {
    unit.next?.cancel();
    unit.next = null;
    const { job } = unit;
    unit.job = null;
    job?.done(1);
  }

  #finish(unit: Unit, exitCode: number): void {
    const { job } = unit;
    unit.job = null;
    if (job === null) return;
    this.#tell((events) => events.jobEnded(unit.state.id, exitCode === 0 ? 'done' : 'failed'));
    job.done(exitCode);
  }

  #later(unit: Unit, ms: number, act: () => void): void {
    unit.next?.cancel();
    unit.next = this.#timeline.at(this.pid1, ms, act);
  }

  #change(unit: Unit, change: Partial<UnitState>): void {
    const stateChangedAtMs = this.#timeline.wallMs(this.#host);
    const whole = { ...change, ...(change.activeState === undefined ? {} : { stateChangedAtMs }) };
    unit.state = { ...unit.state, ...whole };
    const { id } = unit.state;
    this.#tell((events) => events.changed(id, whole, true));
  }

  /** Signals arrive in order, and a moment later. */
  #tell(tell: (events: SystemdEvents) => void): void {
    for (const [events, session] of this.#sessions) {
      if (!session.process.isAlive) {
        this.#sessions.delete(events);
        continue;
      }
      const { nowMs } = this.#timeline;
      session.busyUntilMs = Math.max(session.busyUntilMs, nowMs + this.#timeline.between(0, 10));
      this.#timeline.at(session.process, session.busyUntilMs - nowMs, () => {
        if (this.#sessions.has(events)) tell(events);
      });
    }
  }
}
