import { ActionStatus, type EventType, isFinal } from '@homelabcmd/protocol';
import type { StoredEvent } from '../events/log.ts';

/** The last words of an action's life; `abandoned` is one, as `unknown` is not. */
const OUTCOMES = ActionStatus.options.filter(isFinal);

const ENDS: ReadonlyMap<EventType, ActionStatus> = new Map(
  OUTCOMES.map((status) => [`action.${status}` as EventType, status] as const),
);

/** Counts how actions end, from the start of the hub on: a follower of the log. Prometheus knows that a start begins at 0. */
export class EndedActions {
  /** An outcome that has not come yet counts 0 and is there. */
  readonly #byOutcome = new Map<ActionStatus, number>(OUTCOMES.map((status) => [status, 0]));
  #requested = 0;

  async take({ type }: StoredEvent): Promise<void> {
    if (type === 'action.requested') this.#requested += 1;
    const status = ENDS.get(type);
    if (status !== undefined) this.#byOutcome.set(status, (this.#byOutcome.get(status) ?? 0) + 1);
  }

  get requested(): number {
    return this.#requested;
  }

  get byOutcome(): ReadonlyMap<string, number> {
    return this.#byOutcome;
  }
}
