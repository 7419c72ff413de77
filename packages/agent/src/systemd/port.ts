import type { JournalLine, JournalWithheld } from '@homelabcmd/protocol';

/**
 * What the agent needs of systemd, in its own words. `dbus.ts` speaks to the real one; a fleet in one process
 * brings its own. Times are in milliseconds since 1970 by the machine's clock, `null` where systemd has none.
 */
export interface UnitState {
  /** Canonical name, aliases resolved. */
  id: string;
  /** All names that systemd knows it by, its own among them; an older systemd leaves out those that nobody has asked for. */
  names: readonly string[];
  description: string;
  loadState: string;
  activeState: string;
  subState: string;
  /** systemd has something queued for it: a start, a stop. */
  jobQueued: boolean;
  stateChangedAtMs: number | null;
  activeEnteredAtMs: number | null;
  inactiveEnteredAtMs: number | null;
  /** Empty when the unit has not run since it was loaded. */
  invocationId: string;
  startLimitIntervalMs: number;
  startLimitBurst: number;
  requiredBy: readonly string[];
  boundBy: readonly string[];
  consistsOf: readonly string[];
  result: string;
  type: string;
  restart: string;
  mainPid: number;
  nRestarts: number;
  mainStartedAtMs: number | null;
  mainExitedAtMs: number | null;
  /** The process that ran last as the main one. */
  mainLastPid: number;
  /** `CLD_*` of waitid: 1 exited, 2 killed, 3 dumped; 0 none. */
  mainCode: number;
  /** Exit code or signal number, as `mainCode` says. */
  mainStatus: number;
  controlGroup: string;
  /** Path of the file that defines it; empty for none. */
  unitFile: string;
  /** `enabled`, `disabled`, `static`, …: whether it starts at boot. */
  unitFileState: string;
  memoryPeakBytes: number | null;
  requires: readonly string[];
  requisite: readonly string[];
  bindsTo: readonly string[];
  triggeredBy: readonly string[];
  /** Whether its conditions were met when it was last asked to start, and when that was; 0 for never. */
  conditionsMet: boolean;
  conditionsAskedUsec: number;
  /** `running`, `frozen`, …; empty where systemd does not say. */
  freezerState: string;
  /** Why its file cannot be read; empty where it can. */
  loadProblem: string;
  remainAfterExit: boolean;
  /** By the kernel's monotonic clock: which came first is told by microseconds. 0: it never was. */
  activeExitedUsec: number;
  mainStartedUsec: number;
  mainExitedUsec: number;
  /** Of a timer: what it starts, when next and when last. */
  timerStarts: string;
  timerNextAtMs: number | null;
  timerNextMonotonicAtMs: number | null;
  timerLastAtMs: number | null;
}

/** One line of systemd's list of loaded units, of every type. */
export interface ListedUnit {
  id: string;
  loadState: string;
  activeState: string;
  subState: string;
}

/** What systemd tells without being asked. Services are told, and timers and sockets. */
export interface SystemdEvents {
  /** `whole` is false while more of the same change is about to follow. */
  changed(unit: string, change: Partial<UnitState>, whole: boolean): void;
  loaded(unit: string): void;
  unloaded(unit: string): void;
  /** systemd's own word for how a job of this unit ended: `done`, `failed`, `dependency`, `timeout`, … */
  jobEnded(unit: string, result: string): void;
  /** systemd reads its unit files anew (`true`), or has read them (`false`). */
  reloading(active: boolean): void;
  /** The connection is gone; the session is of no more use. Not told after the session was disposed of. */
  lost(problem: string): void;
}

export interface SystemdSession extends AsyncDisposable {
  readonly version: string;
  list(): Promise<ListedUnit[]>;
  /** Reads a unit, loading it by name if need be. A name that systemd does not know has `loadState: 'not-found'`. */
  read(unit: string): Promise<UnitState>;
}

export interface SystemdPort {
  /** Connects and subscribes. Rejects with an error whose message is a sentence for a person. */
  connect(events: SystemdEvents): Promise<SystemdSession>;
}

/**
 * Reads what one run of a unit left in the journal: its own lines and systemd's about it, oldest first. It rejects with
 * `JournalKept` where this server shows no lines of that unit.
 */
export type JournalReader = (unit: string, invocationId: string, maxLines: number) => Promise<JournalLine[]>;

/** This server keeps the journal of a unit to itself. */
export class JournalKept extends Error {
  readonly withheld: JournalWithheld;

  constructor(withheld: JournalWithheld) {
    super(withheld.reason);
    this.withheld = withheld;
  }
}

/** A unit that systemd does not know, or knows nothing of. */
export const absentUnit = (id: string): UnitState => ({
  id,
  names: [],
  description: '',
  loadState: 'not-found',
  activeState: 'inactive',
  subState: 'dead',
  jobQueued: false,
  stateChangedAtMs: null,
  activeEnteredAtMs: null,
  inactiveEnteredAtMs: null,
  invocationId: '',
  startLimitIntervalMs: 0,
  startLimitBurst: 0,
  requiredBy: [],
  boundBy: [],
  consistsOf: [],
  result: 'success',
  type: '',
  restart: 'no',
  mainPid: 0,
  nRestarts: 0,
  mainStartedAtMs: null,
  mainExitedAtMs: null,
  mainLastPid: 0,
  mainCode: 0,
  mainStatus: 0,
  controlGroup: '',
  unitFile: '',
  unitFileState: '',
  memoryPeakBytes: null,
  requires: [],
  requisite: [],
  bindsTo: [],
  triggeredBy: [],
  conditionsMet: true,
  conditionsAskedUsec: 0,
  freezerState: '',
  loadProblem: '',
  remainAfterExit: false,
  activeExitedUsec: 0,
  mainStartedUsec: 0,
  mainExitedUsec: 0,
  timerStarts: '',
  timerNextAtMs: null,
  timerNextMonotonicAtMs: null,
  timerLastAtMs: null,
});
