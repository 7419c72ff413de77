import type { LiveEvent } from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';

const KEPT = 1000;

/**
 * The last facts of the stream. A list that was asked for before a fact and answered after it does not hold the fact;
 * the answer says which event it includes, and the facts after that are applied to it from here.
 */
export class FactLog {
  #facts: LiveEvent[] = [];
  /** Every fact after this one is here; `null` while no stream has begun. */
  #completeAfter: number | null = null;

  /** A stream begins after the event `head`: what was before cannot be told. */
  begin(head: number): void {
    this.#facts = [];
    this.#completeAfter = head;
  }

  add(fact: LiveEvent): void {
    this.#facts.push(fact);
    if (this.#facts.length <= KEPT) return;
    const dropped = this.#facts.shift();
    if (dropped) this.#completeAfter = dropped.id;
  }

  /** The newest event that is known to have happened. */
  get newestId(): number {
    return this.#facts.at(-1)?.id ?? this.#completeAfter ?? 0;
  }

  /** The facts after an event, oldest first, or `null` when some of them are not here. */
  after(eventId: number): readonly LiveEvent[] | null {
    if (this.#completeAfter !== null && eventId < this.#completeAfter) return null;
    return this.#facts.filter((fact) => fact.id > eventId);
  }
}

const logs = new WeakMap<QueryClient, FactLog>();

/** The facts that belong to one cache. */
export function factLogOf(client: QueryClient): FactLog {
  const log = logs.get(client) ?? new FactLog();
  logs.set(client, log);
  return log;
}
