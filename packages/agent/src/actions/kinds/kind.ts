import type { UnitState } from '../../systemd/port.ts';
import type { Failure } from '../verify.ts';

/**
 * What the agent must know of one kind of action. All else holds for every kind: who may be touched, the claim, the
 * evidence, the settle time, the probe.
 */
export interface KindConduct {
  /**
   * What is wrong right after systemctl returned 0, or `null` for nothing. `invocationId` is the newest run that was
   * seen since the order, `invocationBefore` the one before it; either is empty where there was none.
   */
  failureAfterCommand(state: UnitState, invocationId: string, invocationBefore: string): Failure;
  /** The sentence for a service that stayed as it should. */
  success: string;
}
