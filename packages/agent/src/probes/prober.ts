import type { Probe, ProbeReport } from '@homelabcmd/protocol';
import type { Answer } from './answer.ts';
import { isSameReport, judged, justStarted, notRunning, type Standing } from './verdict.ts';

export interface ProberParts {
  /** Asks once. @throws when `stop` is aborted */
  ask: (probe: Probe, stop: AbortSignal) => Promise<Answer>;
  /** The report has changed. */
  onChange: () => void;
  /** From 0 to 1: spreads the questions of many probers. */
  random: () => number;
}

/** The first question after a start comes within this time, and so does one that must not wait for its turn. */
const SOON_MS = 1000;

/**
 * Asks one service again and again while it runs; the next question waits for the answer to the last. A new run is
 * a new service: what is under way is broken off, and the verdict begins anew.
 */
export class Prober implements Disposable {
  readonly probe: Probe;
  readonly #parts: ProberParts;
  #run: string | null = null;
  #standing: Standing = notRunning();
  #timer: NodeJS.Timeout | undefined;
  #stop = new AbortController();

  constructor(probe: Probe, parts: ProberParts) {
    this.probe = probe;
    this.#parts = parts;
  }

  get report(): ProbeReport {
    return this.#standing.report;
  }

  /** Says which run of the service there is now, or `null` for none. */
  follow(run: string | null): void {
    if (run === this.#run) return;
    this.#run = run;
    this.#standing = run === null ? notRunning() : justStarted(Date.now());
    this.askSoon();
  }

  /** Asks soon, if it runs, whatever was under way. */
  askSoon(): void {
    this.#breakOff();
    if (this.#run !== null) this.#askIn(this.#parts.random() * Math.min(SOON_MS, this.probe.interval_ms));
  }

  #askIn(ms: number): void {
    this.#timer = setTimeout(() => void this.#ask(this.#stop.signal), ms);
  }

  async #ask(stop: AbortSignal): Promise<void> {
    const begunAt = performance.now();
    const answer = await this.#parts.ask(this.probe, stop).catch(() => null);
    if (answer === null || stop.aborted) return;
    const before = this.#standing;
    this.#standing = judged(before, answer, this.probe.failures_before_down, Date.now());
    // A rest in any case, also where the answer took longer than the interval.
    const spread = 0.95 + 0.1 * this.#parts.random();
    const restMs = this.probe.interval_ms * spread - (performance.now() - begunAt);
    this.#askIn(Math.max(restMs, this.probe.interval_ms / 10));
    if (!isSameReport(before, this.#standing)) this.#parts.onChange();
  }

  #breakOff(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  [Symbol.dispose](): void {
    this.#run = null;
    this.#breakOff();
  }
}
