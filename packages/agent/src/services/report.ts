import type { ProbeReport, Restartable, ServiceReport, Why } from '@homelabcmd/protocol';
import { maskSecrets } from '../systemd/mask.ts';
import { cut } from '../text.ts';
import type { UnitState } from '../systemd/port.ts';
import type { ServiceRecord } from './record.ts';
import { circumstancesOf, type Neighbours } from './around/circumstances.ts';
import { countWithin, restartsInWindow } from './record.ts';
import { stateClassOf, statusOf } from './status.ts';
import { whyOf } from './why.ts';

export interface ReportContext {
  /** By the monotonic clock. */
  now: number;
  restartable: (unit: string, loadState: string) => Restartable;
  neighbours: Neighbours;
  /** What the probe of the service says, by the name under which it is expected. */
  probeOf: (name: string, state: UnitState) => ProbeReport | null;
}

type Related = ServiceReport['also_restarts'][number];

const RELATIONS = [
  ['RequiredBy', 'requiredBy'],
  ['BoundBy', 'boundBy'],
  ['ConsistsOf', 'consistsOf'],
] as const;
const MAX_RELATED = 100;

/** One service as the hub is told of it, under its canonical name or under an alias that someone expects. */
export function reportOf(record: ServiceRecord, name: string, context: ReportContext): ServiceReport {
  const { state, usage } = record;
  return {
    unit: name,
    // systemd describes what `systemd-run` has started by its command line.
    description: cut(maskSecrets(cut(state.description, 2000)), 500),
    status: statusOf(state),
    state_class: stateClassOf(state, restartsInWindow(record, context.now)),
    load_state: cut(state.loadState, 64),
    active_state: cut(state.activeState, 64),
    sub_state: cut(state.subState, 64),
    result: cut(state.result, 64),
    since: state.stateChangedAtMs === null ? null : new Date(state.stateChangedAtMs).toISOString(),
    pid: state.mainPid > 0 ? state.mainPid : null,
    restarts: state.nRestarts,
    invocation_id: state.invocationId,
    memory_bytes: usage?.memoryBytes ?? null,
    cpu_percent: usage?.cpuPercent ?? null,
    restartable: context.restartable(state.id, state.loadState),
    also_restarts: relatedOf(state, context.neighbours),
    unit_type: cut(state.type, 32),
    // Of a unit whose file is gone it is told where that was.
    unit_file: cut(state.unitFile || record.unitFile, 500),
    unit_file_state: cut(state.unitFileState, 32),
    probe: context.probeOf(name, state),
    circumstances: circumstancesOf(record, name, context.neighbours),
    why: whyOfRecord(record, context.now),
  };
}

function relatedOf(state: UnitState, neighbours: Neighbours): Related[] {
  const related = new Map<string, Related>();
  for (const [relation, key] of RELATIONS)
    for (const unit of state[key])
      if (!related.has(unit)) related.set(unit, { unit, relation, active: neighbours.isActive(unit) });
  return [...related.values()].slice(0, MAX_RELATED);
}

/** The run whose end is the reason for the present state, or `null` when the service is well. */
export function endedRun(record: ServiceRecord, now: number): UnitState | null {
  const { state } = record;
  const status = statusOf(state);
  const looping = stateClassOf(state, restartsInWindow(record, now)) === 'crash_loop';
  if (status !== 'stopped' && status !== 'failed' && !looping) return null;
  const isEnd = status === 'stopped' || status === 'failed';
  return isEnd && state.invocationId !== '' ? state : (record.ended ?? (isEnd ? state : null));
}

/** Whether the report counts what happened of late, and so may become another without any news of the service. */
export const changesWithTime = (record: ServiceRecord, now: number): boolean =>
  record.restartedAt.length > 0 || (record.startedAt.length > 0 && endedRun(record, now) !== null);

function whyOfRecord(record: ServiceRecord, now: number): Why | null {
  const run = endedRun(record, now);
  if (run === null) return null;
  const journal = record.journal?.invocationId === run.invocationId ? record.journal : null;
  return whyOf(run, {
    journal: journal?.lines ?? [],
    withheld: journal?.withheld ?? null,
    recentStarts: countWithin(record.startedAt, now, run.startLimitIntervalMs),
    memoryPeakBytes: record.memoryPeakBytes,
  });
}
