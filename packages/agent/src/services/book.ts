import type { ListedUnit, UnitState } from '../systemd/port.ts';
import { isFollowed, isWatched } from '../systemd/unit-path.ts';
import { applyState, newRecord, type ServiceRecord } from './record.ts';

/** What a list of systemd's says against the records. */
export interface ListDifferences {
  /** Units whose properties must be read. */
  toRead: string[];
  /** Something went that nobody expects. */
  removed: boolean;
  /** Units of other types became active, or are no more: reports say that of units that depend on a service. */
  othersChanged: boolean;
}

/** The records of all services on this server, by canonical name. */
export class ServiceBook {
  readonly records = new Map<string, ServiceRecord>();
  #expected: ReadonlySet<string> = new Set();
  /** Expected names that mean a unit of another name. */
  readonly #aliases = new Map<string, string>();
  /** `ActiveState` of the units of other types, as of the last list. */
  #others = new Map<string, string>();
  /** Units that others name, and that have no file, as of the last list. */
  readonly #missing = new Set<string>();

  get expected(): ReadonlySet<string> {
    return this.#expected;
  }

  /** Says whom someone expects; returns whether services went from the book by that. */
  expect(units: ReadonlySet<string>): boolean {
    this.#expected = units;
    for (const alias of this.#aliases.keys()) if (!units.has(alias)) this.#aliases.delete(alias);
    let removed = false;
    for (const [unit, record] of this.records)
      if (!record.loaded || !isWatched(unit)) removed = this.#drop(unit) || removed;
    return removed;
  }

  /** Whether someone expects the unit, by its name or by an alias. */
  isExpected(unit: string): boolean {
    return this.#expected.has(unit) || this.aliasesOf(unit).length > 0;
  }

  /** Whether the unit is followed: every service, what someone expects, and what starts that. */
  isKept(unit: string): boolean {
    return isWatched(unit) || this.isExpected(unit) || (isFollowed(unit) && this.#startsExpected(unit));
  }

  #startsExpected(unit: string): boolean {
    return [...this.#expected].some((name) => this.stateOf(this.idOf(name))?.triggeredBy.includes(unit));
  }

  /** The names under which the unit is told of: those that someone expects, or its own. */
  namesOf(unit: string): string[] {
    const aliases = this.aliasesOf(unit);
    if (!isWatched(unit) && !this.isExpected(unit)) return [];
    return aliases.length > 0 && !this.#expected.has(unit) ? aliases : [unit, ...aliases];
  }

  /** Whether the hub has heard of it under a name that it is not told of by any more. */
  isToldOtherwise({ state, sent }: ServiceRecord): boolean {
    const names = this.namesOf(state.id);
    return [...sent.keys()].some((name) => !names.includes(name));
  }

  stateOf(unit: string): UnitState | undefined {
    return this.records.get(unit)?.state;
  }

  /** It has failed, or nothing stands behind its name. */
  isBroken(unit: string): boolean {
    if (this.#missing.has(unit)) return true;
    return (this.records.get(unit)?.state.activeState ?? this.#others.get(unit)) === 'failed';
  }

  /** The canonical name of a unit that someone expects. */
  idOf(name: string): string {
    return this.#aliases.get(name) ?? name;
  }

  aliasesOf(unit: string): string[] {
    return [...this.#aliases].filter(([, id]) => id === unit).map(([alias]) => alias);
  }

  isActive(unit: string): boolean {
    return isActiveState(this.records.get(unit)?.state.activeState ?? this.#others.get(unit));
  }

  /** Takes over a reading of the unit that was asked for under `name`; `null` when it is not worth a record. */
  read(name: string, state: UnitState, loaded: boolean, now: number): ServiceRecord | null {
    for (const other of [name, ...state.names]) {
      if (other === state.id || !this.#expected.has(other)) continue;
      this.#aliases.set(other, state.id);
      // It was looked up before it was another name of this one.
      this.records.delete(other);
    }
    const record = this.records.get(state.id);
    if (record === undefined) {
      if (isNoise(state) && !this.isExpected(state.id)) return null;
      const added = newRecord(state, loaded);
      this.records.set(state.id, added);
      return added;
    }
    applyState(record, state, true, now);
    return record;
  }

  /** Compares the whole of systemd's list with the records. */
  compare(listed: readonly ListedUnit[]): ListDifferences {
    const toRead: string[] = [];
    const present = new Set<string>();
    const othersBefore = this.#others;
    this.#others = new Map();
    this.#missing.clear();
    for (const unit of listed) {
      if (unit.loadState === 'not-found' && unit.activeState === 'inactive') this.#missing.add(unit.id);
      if (!this.isKept(unit.id)) {
        this.#others.set(unit.id, unit.activeState);
        continue;
      }
      present.add(unit.id);
      const record = this.records.get(unit.id);
      if (record === undefined) {
        if (!isNoise(unit) || this.isExpected(unit.id)) toRead.push(unit.id);
      } else if (!record.loaded || differs(record.state, unit)) {
        record.loaded = true;
        toRead.push(unit.id);
      }
    }
    let removed = false;
    for (const unit of this.records.keys()) if (!present.has(unit)) removed = this.unload(unit) || removed;
    return { toRead, removed, othersChanged: !isSameActivity(othersBefore, this.#others) };
  }

  /** Expected names that nothing loaded answers to: each must be looked up by name. */
  unloadedExpected(): string[] {
    return [...this.#expected].filter((name) => this.records.get(this.idOf(name))?.loaded !== true);
  }

  /** systemd unloaded it; returns whether it went from the book. */
  unload(unit: string): boolean {
    const record = this.records.get(unit);
    if (record === undefined) return false;
    record.loaded = false;
    return this.#drop(unit);
  }

  #drop(unit: string): boolean {
    return !this.isExpected(unit) && this.records.delete(unit);
  }
}

const isActiveState = (state: string | undefined): boolean =>
  state === 'active' || state === 'reloading' || state === 'activating';

function isSameActivity(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  let active = 0;
  for (const [unit, state] of now) {
    if (!isActiveState(state)) continue;
    active += 1;
    if (!isActiveState(before.get(unit))) return false;
  }
  return active === [...before.values()].filter(isActiveState).length;
}

const differs = (state: UnitState, listed: ListedUnit): boolean =>
  state.activeState !== listed.activeState ||
  state.subState !== listed.subState ||
  state.loadState !== listed.loadState;

/** Names that other units mention and that nothing on this server stands behind. */
const isNoise = (unit: Pick<UnitState, 'loadState' | 'activeState'>): boolean =>
  (unit.loadState === 'not-found' || unit.loadState === 'masked') && unit.activeState === 'inactive';
