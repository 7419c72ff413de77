import { randomUUID } from 'node:crypto';
import type { JournalLine } from '@homelabcmd/protocol';
import {
  absentUnit,
  type SystemdEvents,
  type SystemdPort,
  type SystemdSession,
  type UnitState,
} from '@homelabcmd/agent';

export interface FakeService {
  /** `plex.service` */
  readonly unit: string;
  readonly description?: string;
  /** It begins failed, with this exit code and these last words. */
  readonly failed?: { exitCode: number; lastWords: readonly string[] };
  readonly stopped?: true;
  readonly partOf?: string;
}

const SIGNAL_NAMES: Record<number, string> = { 9: 'KILL', 11: 'SEGV', 15: 'TERM' };
const EXITED = 1;
const KILLED = 2;

/**
 * A systemd in memory: it holds services, tells of their changes as the real one does, and restarts them. It stands at
 * the world's edge only, so that a fleet can run without root; everything above it is the real agent.
 */
export class FakeSystemd implements SystemdPort {
  readonly #units = new Map<string, UnitState>();
  readonly #journal = new Map<string, JournalLine[]>();
  readonly #starts = new Map<string, string[]>();
  readonly #sessions = new Set<SystemdEvents>();
  #lastPid = 1000;

  constructor(services: readonly FakeService[]) {
    for (const service of services) this.#add(service);
    for (const { unit, partOf } of services) {
      const parent = partOf === undefined ? undefined : this.#units.get(partOf);
      if (parent) this.#units.set(parent.id, { ...parent, consistsOf: [...parent.consistsOf, unit] });
    }
  }

  async connect(events: SystemdEvents): Promise<SystemdSession> {
    this.#sessions.add(events);
    return {
      version: '252 (testkit)',
      list: async () => [...this.#units.values()],
      read: async (unit) => this.#units.get(unit) ?? absentUnit(unit),
      [Symbol.asyncDispose]: async () => {
        this.#sessions.delete(events);
      },
    };
  }

  /** The journal of one run. */
  readonly readJournal = async (
    _unit: string,
    invocationId: string,
    maxLines: number,
  ): Promise<JournalLine[]> => (this.#journal.get(invocationId) ?? []).slice(-maxLines);

  /** The invocations of every start of a service, oldest first: the witness of how often it ran. */
  startsOf(unit: string): readonly string[] {
    return this.#starts.get(unit) ?? [];
  }

  unit(unit: string): UnitState {
    return this.#units.get(unit) ?? absentUnit(unit);
  }

  /** Ends the main process by a signal, as `kill -9` does. */
  kill(unit: string, signal = 9): void {
    const { invocationId, mainPid } = this.unit(unit);
    const name = SIGNAL_NAMES[signal] ?? String(signal);
    this.say(
      unit,
      'systemd',
      `${unit}: Main process exited, code=killed, status=${signal}/${name}`,
      invocationId,
    );
    this.say(unit, 'systemd', `${unit}: Failed with result 'signal'.`, invocationId);
    this.#down(unit, 'failed', 'signal', KILLED, signal, mainPid);
  }

  /** The main process ends by itself. */
  exit(unit: string, exitCode: number): void {
    const isClean = exitCode === 0;
    this.#down(
      unit,
      isClean ? 'inactive' : 'failed',
      isClean ? 'success' : 'exit-code',
      EXITED,
      exitCode,
      this.unit(unit).mainPid,
    );
  }

  /** Someone stops it on purpose. */
  stop(unit: string): void {
    this.#down(unit, 'inactive', 'success', EXITED, 0, this.unit(unit).mainPid);
  }

  /** Starts it: a new process and a new invocation. */
  start(unit: string): void {
    const nowMs = Date.now();
    this.#lastPid += 7;
    const invocationId = randomUUID().replaceAll('-', '');
    this.#starts.set(unit, [...this.startsOf(unit), invocationId]);
    this.say(unit, 'systemd', `Started ${unit}.`, invocationId);
    this.#change(unit, {
      activeState: 'active',
      subState: 'running',
      result: 'success',
      invocationId,
      stateChangedAtMs: nowMs,
      activeEnteredAtMs: nowMs,
      mainPid: this.#lastPid,
      mainLastPid: this.#lastPid,
      mainStartedAtMs: nowMs,
      mainExitedAtMs: null,
      mainCode: 0,
      mainStatus: 0,
    });
  }

  /** Writes a line to the journal of a service's present run. */
  say(unit: string, identifier: string, message: string, invocationId = this.unit(unit).invocationId): void {
    const line = {
      at: new Date().toISOString(),
      identifier,
      pid: this.unit(unit).mainPid,
      priority: 6,
      message,
    };
    this.#journal.set(invocationId, [...(this.#journal.get(invocationId) ?? []).slice(-200), line]);
  }

  #add({ unit, description = unit, failed, stopped }: FakeService): void {
    this.#units.set(unit, {
      ...absentUnit(unit),
      description,
      loadState: 'loaded',
      type: 'simple',
      unitFile: `/etc/systemd/system/${unit}`,
      unitFileState: 'enabled',
      startLimitBurst: 5,
      startLimitIntervalMs: 10_000,
    });
    if (stopped) return;
    this.start(unit);
    if (!failed) return;
    for (const words of failed.lastWords) this.say(unit, unit.replace('.service', ''), words);
    this.exit(unit, failed.exitCode);
  }

  #down(
    unit: string,
    activeState: string,
    result: string,
    mainCode: number,
    mainStatus: number,
    pid: number,
  ): void {
    const nowMs = Date.now();
    this.#change(unit, {
      activeState,
      subState: activeState === 'failed' ? 'failed' : 'dead',
      result,
      mainPid: 0,
      mainLastPid: pid,
      mainCode,
      mainStatus,
      mainExitedAtMs: nowMs,
      stateChangedAtMs: nowMs,
      inactiveEnteredAtMs: nowMs,
    });
  }

  #change(unit: string, change: Partial<UnitState>): void {
    this.#units.set(unit, { ...this.unit(unit), ...change });
    for (const events of this.#sessions) events.changed(unit, change, true);
  }
}
