import { ActionStatus, type EventType, isFinal } from '@homelabcmd/protocol';
import type { StoredEvent } from '../events/log.ts';
import { Tally } from '../lib/tally.ts';

/** The last word of an action's life; `abandoned` is one, as `unknown` is not. */
const OUTCOMES = ActionStatus.options.filter(isFinal);

const ENDS = new Map<EventType, ActionStatus>(
  OUTCOMES.map((status) => [`action.${status}` as EventType, status] as const),
);

/** Counts how actions end, from the start of the hub on: a follower of the log. Prometheus knows that a start begins at 0. */
export class EndedActions {
  readonly #tally = new Tally(OUTCOMES);
  #requested = 0;

  async take({ type }: StoredEvent): Promise<void> {
    if (type === 'action.requested') this.#requested += 1;
    const status = ENDS.get(type);
    if (status !== undefined) this.#tally.add(status);
  }

  get requested(): number {
    return this.#requested;
  }

  get byOutcome(): ReadonlyMap<string, number> {
    return this.#tally.counts;
  }
}
