import type { Circumstances, TimerTimes } from '@homelabcmd/protocol';
import { kindOfUnit } from '../../systemd/properties.ts';
import type { UnitState } from '../../systemd/port.ts';
import { cut } from '../../text.ts';
import type { ServiceRecord } from '../record.ts';
import { endingOf } from './ending.ts';

/** What is known of other units. */
export interface Neighbours {
  isActive(unit: string): boolean;
  /** It has failed, or nothing stands behind its name. */
  isBroken(unit: string): boolean;
  stateOf(unit: string): UnitState | undefined;
}

const MOST = 20;
/** A unit that needs one that needs one that failed has not failed itself: it was never started. */
const DEEPEST = 4;

/** What is around a unit, as it is told under `name`. */
export function circumstancesOf(record: ServiceRecord, name: string, others: Neighbours): Circumstances {
  const { state, ended, group } = record;
  const isFrozen = state.freezerState === 'frozen' || state.freezerState === 'freezing';
  return {
    job_queued: state.jobQueued,
    ending: endingOf(state, state.invocationId === '' ? ended : state),
    load_problem: cut(state.loadProblem, 300),
    failed_requirements: brokenOf(state, others, DEEPEST).slice(0, MOST),
    triggered_by: state.triggeredBy.slice(0, MOST).map((unit) => ({
      unit: cut(unit, 255),
      // Its turn comes, as at boot.
      active: others.isActive(unit) || others.stateOf(unit)?.jobQueued === true,
    })),
    dependency_failed: record.dependencyFailed,
    condition_unmet: record.conditionUnmet,
    frozen: isFrozen || group.frozen,
    oom_kills: group.oomKills,
    alias_of: name === state.id ? '' : cut(state.id, 255),
    other_names: state.names
      .filter((other) => other !== name && other !== state.id)
      .slice(0, MOST)
      .map((other) => cut(other, 255)),
    timer: kindOfUnit(state.id) === 'Timer' ? timesOf(state, others) : null,
  };
}

/** Units that it needs and that are broken; only of a unit that is down. */
function brokenOf(state: UnitState, others: Neighbours, depth: number): string[] {
  if (state.activeState !== 'inactive' && state.activeState !== 'failed') return [];
  const needed = [...state.requires, ...state.requisite, ...state.bindsTo];
  const broken = needed.filter((unit) => others.isBroken(unit));
  if (broken.length > 0 || depth === 0) return broken.map((unit) => cut(unit, 255));
  return needed.flatMap((unit) => {
    const other = others.stateOf(unit);
    return other === undefined ? [] : brokenOf(other, others, depth - 1);
  });
}

function timesOf(state: UnitState, others: Neighbours): TimerTimes {
  const next = [state.timerNextAtMs, state.timerNextMonotonicAtMs].filter((at) => at !== null);
  const isDue = state.activeState === 'active' && next.length > 0;
  return {
    starts: cut(state.timerStarts, 255),
    next_at: isDue ? new Date(Math.min(...next)).toISOString() : null,
    last_at: state.timerLastAtMs === null ? null : new Date(state.timerLastAtMs).toISOString(),
    last_run: lastRunOf(others.stateOf(state.timerStarts)),
  };
}

function lastRunOf(started: UnitState | undefined): TimerTimes['last_run'] {
  if (started === undefined || started.invocationId === '') return null;
  switch (started.activeState) {
    case 'failed':
      return 'failed';
    case 'inactive':
      return 'well';
    default:
      return 'running';
  }
}
