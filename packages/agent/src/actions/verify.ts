import { isStartLimitHit } from '../services/why.ts';
import type { UnitState } from '../systemd/port.ts';

/** How an order ended, as far as the unit's state tells; `null` while nothing speaks against success. */
export type Failure = { code: string; detail: string } | null;

export const isActive = (state: UnitState): boolean =>
  state.activeState === 'active' || state.activeState === 'reloading' || state.activeState === 'refreshing';

/** A one-shot service has done its work and is over; that is how it should be. */
export const isOneShotDone = (state: UnitState): boolean =>
  state.type === 'oneshot' && state.activeState === 'inactive' && state.result === 'success';

export const inWords = ({ activeState, subState }: UnitState): string =>
  activeState === subState ? `it is ${activeState}` : `it is ${activeState} (${subState})`;

/** What went wrong when systemctl, asked to `verb` (restart, …), returned another exit code than 0. */
export function failureOfCommand(
  verb: string,
  state: UnitState,
  jobResult: string | null,
  output: string,
): Failure {
  if (jobResult === 'dependency')
    return {
      code: 'dependency',
      detail: 'A unit that it depends on did not start, so systemd did not start it.',
    };
  if (isStartLimitHit(state, 0) || /attempted too often|start-limit|repeated too quickly/i.test(output))
    return {
      code: 'start-limit-hit',
      detail: 'It was started too often in a short time, so systemd did not start it.',
    };
  const word =
    state.result !== 'success'
      ? state.result
      : jobResult !== null && jobResult !== 'done'
        ? jobResult
        : 'not-active';
  return { code: word, detail: `systemd could not ${verb} it: ${word}; ${inWords(state)}.` };
}

/** What changed during the settle time, against the state at its beginning. */
export function failureWhileSettling(start: UnitState, state: UnitState): Failure {
  const same = state.invocationId === start.invocationId && state.nRestarts === start.nRestarts;
  if (isActive(state) && same) return null;
  const word = state.result !== 'success' ? ` (${state.result})` : '';
  return { code: 'flapped', detail: `It came up and did not stay up${word}: ${inWords(state)}.` };
}
