import { type EventData, findingOf, isNotAnswering, isUp } from '@homelabcmd/protocol';
import type { Insertable } from 'kysely';
import type { StoredEvent } from '../events/log.ts';
import type { Schema } from '../store/schema.ts';
import type { SpellState } from '../store/tables/service-history.ts';
import { byDay, NO_TIME, sumOf, type Times } from './days.ts';

type Service = EventData<'service.changed'>['service'];

/** How a service is, and since when that has yet to be counted. */
export interface Spell {
  readonly serverId: string;
  readonly target: string;
  readonly seen: string;
  readonly reported: SpellState;
  readonly countedAs: SpellState;
  readonly sinceMs: number;
}

/** What a batch of events comes to. */
export interface Outcome {
  readonly spells: Map<string, Spell | null>;
  changes: Insertable<Schema['service_changes']>[];
  /** Servers that were deleted, and by which event. */
  readonly deleted: Map<string, number>;
  readonly days: Map<string, { serverId: string; target: string; day: string; times: Times }>;
}

export const keyOf = (serverId: string, target: string): string => `${serverId} ${target}`;

/**
 * Counts how long services are how, event by event.
 *
 *   running ◄──report──► down          in each: expected, and its server is heard from
 *      └──server silent──┴──► unknown ──heard again──► as was reported last, until a report says otherwise
 *   any ──nobody expects it any more, or it is paused──► not_counted
 */
export class SpellCounter {
  readonly outcome: Outcome = {
    ...{ spells: new Map(), changes: [], deleted: new Map(), days: new Map() },
  };
  readonly #known: ReadonlyMap<string, Spell>;

  constructor(known: ReadonlyMap<string, Spell>) {
    this.#known = known;
  }

  take(event: StoredEvent): void {
    switch (event.type) {
      case 'service.changed':
        return this.#serviceChanged(
          event,
          (JSON.parse(event.dataJson) as EventData<'service.changed'>).service,
        );
      case 'service.removed': {
        const { target } = JSON.parse(event.dataJson) as EventData<'service.removed'>;
        const spell = this.#find(keyOf(event.serverId, target));
        if (spell === undefined) return;
        this.#count(spell, Date.parse(event.at));
        this.outcome.spells.set(keyOf(event.serverId, target), null);
        return;
      }
      case 'server.changed':
        return this.#serverChanged(event, (JSON.parse(event.dataJson) as EventData<'server.changed'>).server);
      case 'server.deleted':
        return this.#serverDeleted(event);
      default:
    }
  }

  #serviceChanged({ id, at, serverId }: StoredEvent, service: Service): void {
    const key = keyOf(serverId, service.target);
    const before = this.#find(key);
    const seen = wordsOf(service);
    const reported = reportedBy(service);
    const countedAs = service.stale && reported !== 'not_counted' ? 'unknown' : reported;
    if (before?.seen !== seen && service.status !== 'unknown')
      this.outcome.changes.push(changeOf(id, at, service));
    const atMs = Date.parse(at);
    const isSame = before?.countedAs === countedAs;
    if (before !== undefined && !isSame) this.#count(before, atMs);
    const sinceMs = isSame ? before.sinceMs : atMs;
    this.outcome.spells.set(key, { serverId, target: service.target, seen, reported, countedAs, sinceMs });
  }

  /** What was counted so far was of another server, though one may be there that is called the same. */
  #serverDeleted({ id, serverId }: StoredEvent): void {
    for (const { target } of this.#ofServer(serverId)) this.outcome.spells.set(keyOf(serverId, target), null);
    this.outcome.changes = this.outcome.changes.filter((change) => change.server_id !== serverId);
    for (const [key, day] of this.outcome.days) if (day.serverId === serverId) this.outcome.days.delete(key);
    this.outcome.deleted.set(serverId, id);
  }

  /** Silence begins when the server was last heard, and not when that was noticed. */
  #serverChanged({ at, serverId }: StoredEvent, server: EventData<'server.changed'>['server']): void {
    const isHeard = server.liveness === 'online';
    const atMs = Date.parse(at);
    const seenMs = Math.min(atMs, Date.parse(server.last_seen_at ?? at));
    for (const spell of this.#ofServer(serverId)) {
      const countedAs = isHeard || spell.reported === 'not_counted' ? spell.reported : 'unknown';
      if (countedAs === spell.countedAs) continue;
      const endMs = isHeard ? atMs : Math.max(spell.sinceMs, seenMs);
      this.#count(spell, endMs);
      this.outcome.spells.set(keyOf(serverId, spell.target), { ...spell, countedAs, sinceMs: endMs });
    }
  }

  #count({ serverId, target, countedAs, sinceMs }: Spell, toMs: number): void {
    for (const [day, times] of byDay(countedAs, sinceMs, toMs)) {
      const key = `${keyOf(serverId, target)} ${day}`;
      const before = this.outcome.days.get(key)?.times ?? NO_TIME;
      this.outcome.days.set(key, { serverId, target, day, times: sumOf(before, times) });
    }
  }

  #find(key: string): Spell | undefined {
    const changed = this.outcome.spells.get(key);
    return changed === undefined ? this.#known.get(key) : (changed ?? undefined);
  }

  #ofServer(serverId: string): Spell[] {
    const keys = new Set([...this.#known.keys(), ...this.outcome.spells.keys()]);
    return [...keys].filter((key) => key.startsWith(`${serverId} `)).flatMap((key) => this.#find(key) ?? []);
  }
}

function reportedBy(service: Service): SpellState {
  if (!service.expected || !service.enabled) return 'not_counted';
  if (service.status === 'unknown') return 'unknown';
  const isReloading = service.status === 'reloading' && !isNotAnswering(service);
  return isReloading || isUp(findingOf(service)) ? 'running' : 'down';
}

/** Another run is a change, though it looks the same. */
const wordsOf = (service: Service): string =>
  JSON.stringify([
    ...[service.status, service.state_class, isNotAnswering(service)],
    service.status === 'running' ? service.invocation_id : null,
  ]);

function changeOf(event_id: number, at: string, service: Service): Outcome['changes'][number] {
  const { server_id, target, status, state_class, why, probe_report, open_action_id } = service;
  return {
    ...{ event_id, server_id, target, at, status, state_class },
    is_answering: probe_report === null ? null : isNotAnswering(service) ? 0 : 1,
    action_id: open_action_id,
    why_json: why === null ? null : JSON.stringify({ ...why, journal: [] }),
  };
}
