import { constants } from 'node:os';
import type { JournalLine, JournalWithheld, Why } from '@homelabcmd/protocol';
import type { UnitState } from '../systemd/port.ts';
import { isAutoRestarting } from './status.ts';

const CLD_EXITED = 1;
const CLD_KILLED = 2;
const CLD_DUMPED = 3;

const SIGNAL_NAMES = new Map<number, string>();
for (const [name, number] of Object.entries(constants.signals))
  if (!SIGNAL_NAMES.has(number)) SIGNAL_NAMES.set(number, name);

const timestamp = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export interface WhyContext {
  journal: readonly JournalLine[];
  /** Why there are no lines, where this server keeps them. */
  withheld?: JournalWithheld | null;
  /** Starts that were seen within the unit's start-limit interval. */
  recentStarts: number;
  /** The most that was measured while it ran, where systemd itself does not say. */
  memoryPeakBytes: number | null;
}

/** Why a service is not running, from what systemd keeps of the run that ended. */
export function whyOf(unit: UnitState, context: WhyContext): Why {
  // A clean stop ends the process by SIGTERM, which is then no reason for anything.
  const killed = (unit.mainCode === CLD_KILLED || unit.mainCode === CLD_DUMPED) && unit.result !== 'success';
  const stoppedAtMs = unit.mainExitedAtMs ?? unit.inactiveEnteredAtMs;
  const startedAtMs = unit.mainStartedAtMs ?? unit.activeEnteredAtMs;
  return {
    invocation_id: unit.invocationId,
    result: unit.result,
    exit_code: unit.mainCode === CLD_EXITED ? unit.mainStatus : null,
    signal: killed ? unit.mainStatus : null,
    signal_name: killed ? (SIGNAL_NAMES.get(unit.mainStatus) ?? null) : null,
    oom: unit.result === 'oom-kill',
    start_limit_hit: isStartLimitHit(unit, context.recentStarts),
    main_pid: unit.mainLastPid > 0 ? unit.mainLastPid : null,
    memory_peak_bytes: unit.memoryPeakBytes ?? context.memoryPeakBytes,
    stopped_at: timestamp(stoppedAtMs),
    ran_for_ms: stoppedAtMs === null || startedAtMs === null ? null : Math.max(0, stoppedAtMs - startedAtMs),
    restart_setting: unit.restart,
    will_retry: isAutoRestarting(unit),
    journal: [...context.journal],
    ...(context.withheld ? { journal_withheld: context.withheld } : {}),
  };
}

/**
 * `Result` often keeps the reason of the run before, so a used-up start limit is found from its effect too: systemd
 * would have started the unit again, it did not, and it had started it as often as the limit allows.
 */
export function isStartLimitHit(
  unit: Pick<
    UnitState,
    'result' | 'activeState' | 'restart' | 'nRestarts' | 'startLimitBurst' | 'startLimitIntervalMs'
  >,
  recentStarts: number,
): boolean {
  if (unit.result === 'start-limit-hit') return true;
  if (unit.activeState !== 'failed' || unit.startLimitBurst === 0 || unit.startLimitIntervalMs === 0)
    return false;
  const starts = Math.max(unit.nRestarts, recentStarts);
  return starts >= unit.startLimitBurst && wouldRestart(unit.restart, unit.result);
}

const UNCLEAN_SIGNAL_RESULTS = ['signal', 'core-dump', 'oom-kill'];

/** Whether `Restart=` asks for another start after such a result. */
export function wouldRestart(restart: string, result: string): boolean {
  switch (restart) {
    case 'always':
      return true;
    case 'on-success':
      return result === 'success';
    case 'on-failure':
      return result !== 'success';
    case 'on-abnormal':
      return result !== 'success' && result !== 'exit-code';
    case 'on-abort':
      return UNCLEAN_SIGNAL_RESULTS.includes(result);
    case 'on-watchdog':
      return result === 'watchdog';
    default:
      return false;
  }
}
