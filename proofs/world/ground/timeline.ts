import { createHash } from 'node:crypto';
import { type Seeded, seeded } from '../../report/seeded.ts';

/** A machine: its clocks, and whether it sleeps. */
export interface Host {
  readonly name: string;
  /** What its wall clock is ahead of the true time. */
  wallOffsetMs: number;
  /** How long it has slept in all: its monotonic clock does not count that. */
  sleptMs: number;
  /** While it sleeps, the true time at which it will wake. */
  asleepUntilMs: number;
}

export const newHost = (name: string): Host => ({ name, wallOffsetMs: 0, sleptMs: 0, asleepUntilMs: 0 });

/** A process on a host. What a dead one still does reaches nothing. */
export interface Process {
  readonly name: string;
  readonly host: Host;
  isAlive: boolean;
}

interface Happening {
  dueMs: number;
  readonly order: number;
  readonly process: Process;
  act: (() => void) | null;
}

export interface Cancel {
  cancel(): void;
}

/** The day on which every simulated world begins. */
export const EPOCH_MS = Date.UTC(2026, 0, 5, 8);

/** A killed process is stopped by this wherever it touches the world; nobody hears of it. */
export class Killed extends Error {}

/**
 * Time, chance and the order of all that happens in one simulated world. One happening at a time: each belongs to a
 * process, and everything that it sets off without a wait is over before the next one begins.
 */
export class Timeline {
  readonly chance: Seeded;
  /** True time since the beginning, which nobody in the world can see. */
  nowMs = 0;
  /** The process to which the present happening belongs. */
  current: Process | null = null;
  happenings = 0;
  /** Told of what a living process did not catch. */
  onStray: (error: unknown) => void = () => undefined;
  readonly #digest = createHash('sha256');
  readonly #lines: string[] | null;
  readonly #heap: Happening[] = [];
  #order = 0;

  constructor(seed: number, keepsTrace: boolean) {
    this.chance = seeded(seed, 0x51ab);
    this.#lines = keepsTrace ? [] : null;
  }

  /** Between two bounds, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.chance.next() * (most - least + 1));
  }

  happens(share: number): boolean {
    return this.chance.next() < share;
  }

  at(process: Process, waitMs: number, act: () => void): Cancel {
    const fromMs = Math.max(this.nowMs, process.host.asleepUntilMs);
    const happening: Happening = { dueMs: fromMs + Math.max(0, waitMs), order: this.#order++, process, act };
    this.#push(happening);
    return {
      cancel: () => {
        happening.act = null;
      },
    };
  }

  wallMs(host: Host): number {
    return EPOCH_MS + Math.floor(this.nowMs) + host.wallOffsetMs;
  }

  monotonicMs(host: Host): number {
    return Math.max(this.nowMs, host.asleepUntilMs) - host.sleptMs;
  }

  /** Nothing happens on this host for so long; what was due is late by as much. */
  sleep(host: Host, forMs: number): void {
    host.sleptMs += forMs;
    host.asleepUntilMs = Math.max(this.nowMs, host.asleepUntilMs) + forMs;
    for (const happening of this.#heap) if (happening.process.host === host) happening.dueMs += forMs;
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at -= 1) this.#sink(at);
  }

  /** Lets the next thing happen, unless it is due after `untilMs`; returns whether there was one. */
  async step(untilMs: number): Promise<boolean> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.dueMs > untilMs) {
        this.nowMs = Math.max(this.nowMs, untilMs);
        return false;
      }
      this.#pop();
      const { act, process } = next;
      if (act === null || !process.isAlive) continue;
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      await this.#run(process, act);
      return true;
    }
  }

  /** One line of what happened; the same seed gives the same lines. */
  note(line: string): void {
    const whole = `${(this.nowMs / 1000).toFixed(3).padStart(10)}  ${line}`;
    this.#digest.update(whole).update('\n');
    this.#lines?.push(whole);
  }

  get trace(): readonly string[] {
    return this.#lines ?? [];
  }

  digest(): string {
    return this.#digest.copy().digest('hex');
  }

  async #run(process: Process, act: () => void): Promise<void> {
    this.happenings += 1;
    this.current = process;
    try {
      act();
    } catch (error) {
      if (process.isAlive) this.onStray(error);
    }
    // The queue of ticks comes after all promises: when this goes on, nothing is left of the happening.
    await new Promise<void>((resolve) => globalThis.process.nextTick(resolve));
    this.current = null;
  }

  #isBefore(a: Happening, b: Happening): boolean {
    return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !this.#isBefore(happening, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = happening;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const sinking = heap[from];
    if (sinking === undefined) return;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      let lower = heap[child];
      const other = heap[child + 1];
      if (lower === undefined) break;
      if (other !== undefined && this.#isBefore(other, lower)) {
        lower = other;
        child += 1;
      }
      if (!this.#isBefore(lower, sinking)) break;
      heap[at] = lower;
      at = child;
    }
    heap[at] = sinking;
  }
}

/** A wait of a happening's own; it ends never when the process dies first. */
export const pauseOf = (timeline: Timeline, process: Process, waitMs: number): Promise<void> =>
  new Promise((resolve) => {
    timeline.at(process, waitMs, resolve);
  });
