import type { JournalLine, JournalWithheld, ServiceReport } from '@homelabcmd/protocol';
import type { UnitState } from '../systemd/port.ts';
import { CRASH_LOOP_WINDOW_MS, isAutoRestarting } from './status.ts';

/** What the agent keeps of one unit between two signals. Moments are by the monotonic clock. */
export interface ServiceRecord {
  state: UnitState;
  /** systemd holds it in memory. An unloaded one is kept only while someone expects it. */
  loaded: boolean;
  /** The state at the end of its last run: systemd forgets it when it unloads the unit or starts it again. */
  ended: UnitState | null;
  /** The invocation that it was given while it was still over; empty for none. */
  nextRun: string;
  /** When it was last asked to start, a condition kept it from that: systemd forgets it with the unit. */
  conditionUnmet: boolean;
  /** The last start of it was given up, because what it needs did not start. */
  dependencyFailed: boolean;
  /**
   * systemd still calls it failed or inactive, but has queued its start or given it its new invocation: the state
   * that counts follows at once.
   */
  aboutToStart: boolean;
  /** When systemd started it again by itself, the newest last. */
  restartedAt: number[];
  /** When new runs of it began, the newest last. */
  startedAt: number[];
  journal: FoundJournal | null;
  usage: Usage | null;
  group: GroupState;
  /** Where its unit file was when there was one. */
  unitFile: string;
  memoryPeakBytes: number | null;
  /** Grows with each signal, so that a slower reading does not overwrite a newer signal. */
  changes: number;
  /** The report that the hub has, apart from usage, by the name under which it went out. */
  sent: Map<string, string>;
}

/** What was found of the last words of a run: lines, or that this server keeps them. */
export interface FoundJournal {
  invocationId: string;
  lines: readonly JournalLine[];
  withheld: JournalWithheld | null;
}

export interface Usage {
  pid: number | null;
  memoryBytes: number | null;
  cpuPercent: number | null;
}

/** What the kernel says of a service's processes together, and systemd does not. */
export interface GroupState {
  frozen: boolean;
  oomKills: number;
}

export const WELL_GROUP: GroupState = { frozen: false, oomKills: 0 };

const KEPT_MOMENTS = 64;

export const newRecord = (state: UnitState, loaded: boolean): ServiceRecord => ({
  state,
  loaded,
  ended: endOf(state),
  nextRun: '',
  conditionUnmet: state.conditionsAskedUsec > 0 && !state.conditionsMet,
  dependencyFailed: false,
  aboutToStart: false,
  restartedAt: [],
  startedAt: [],
  journal: null,
  usage: null,
  group: WELL_GROUP,
  unitFile: state.unitFile,
  memoryPeakBytes: null,
  changes: 0,
  sent: new Map(),
});

const isOver = (state: UnitState): boolean =>
  state.activeState === 'failed' || state.activeState === 'inactive' || isAutoRestarting(state);

const endOf = (state: UnitState): UnitState | null =>
  isOver(state) && state.invocationId !== '' ? state : null;

/** Takes over what a signal or a reading told; `whole` is false while the rest of the same change is to follow. */
export function applyState(
  record: ServiceRecord,
  change: Partial<UnitState>,
  whole: boolean,
  now: number,
): void {
  const before = record.state;
  const state = { ...before, ...change };
  // A unit that systemd had unloaded has forgotten since when it is down; we have not.
  if (state.activeState === before.activeState) state.stateChangedAtMs ??= before.stateChangedAtMs;
  if (state.nRestarts > before.nRestarts) remember(record.restartedAt, now);
  if (state.invocationId !== '' && state.invocationId !== before.invocationId) {
    remember(record.startedAt, now);
    record.memoryPeakBytes = null;
  }
  if (state.mainPid !== before.mainPid) record.usage = null;
  record.state = state;
  record.unitFile = state.unitFile || record.unitFile;
  record.changes += 1;
  if (!whole) return;
  const newRun =
    state.stateChangedAtMs === before.stateChangedAtMs &&
    (record.aboutToStart || state.invocationId !== before.invocationId);
  record.aboutToStart = isOver(state) && (newRun || (state.activeState === 'inactive' && state.jobQueued));
  if (state.conditionsAskedUsec > before.conditionsAskedUsec) record.conditionUnmet = !state.conditionsMet;
  rememberEnd(record, before);
}

/** A unit that is over has the invocation that ended, until systemd gives it that of the run that it is about to begin. */
function rememberEnd(record: ServiceRecord, before: UnitState): void {
  const { state } = record;
  if (!isOver(state)) record.nextRun = '';
  else if (isOver(before) && state.invocationId !== before.invocationId) record.nextRun = state.invocationId;
  if (record.nextRun === '' || state.invocationId !== record.nextRun)
    record.ended = endOf(state) ?? record.ended;
}

function remember(moments: number[], now: number): void {
  moments.push(now);
  if (moments.length > KEPT_MOMENTS) moments.shift();
}

export const countWithin = (moments: readonly number[], now: number, windowMs: number): number =>
  moments.filter((moment) => now - moment <= windowMs).length;

export const restartsInWindow = (record: ServiceRecord, now: number): number =>
  countWithin(record.restartedAt, now, CRASH_LOOP_WINDOW_MS);

/** The part of a report that is worth sending again when it differs. */
export const withoutUsage = (report: ServiceReport): string =>
  JSON.stringify({ ...report, memory_bytes: null, cpu_percent: null });
