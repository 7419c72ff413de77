import type { Circumstances } from '@homelabcmd/protocol';
import { kindOfUnit } from '../../systemd/properties.ts';
import type { UnitState } from '../../systemd/port.ts';

/** The exit codes of a program that was asked to end, and says so in the shell's way. */
const ASKED_TO_END = [130, 143];

/**
 * How a unit that is down came to be so. `run` is the run that ended, or `null` for none. systemd does not keep who stopped a unit, but it
 * keeps the order: where it was asked to, it leaves `active` first and its process ends then; a process that ends by itself is first.
 */
export function endingOf(state: UnitState, run: UnitState | null): Circumstances['ending'] {
  if (state.activeState !== 'inactive' && state.activeState !== 'failed') return null;
  if (run === null) return 'never_started';
  const isClean =
    run.result === 'success' || (run.result === 'exit-code' && ASKED_TO_END.includes(run.mainStatus));
  if (!isClean) return 'by_itself';
  if (kindOfUnit(run.id) !== 'Service') return 'asked';
  const { activeExitedUsec: left, mainStartedUsec: started, mainExitedUsec: ended } = run;
  // What stays active after its process has ended leaves it when it is asked to, and not before.
  if (run.remainAfterExit && left > 0 && left >= started) return 'asked';
  return left > 0 && left >= started && left <= ended ? 'asked' : 'by_itself';
}
