import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentFrame, MetricSample, MAX_SPOOLED } from '@homelabcmd/protocol';
import { z } from 'zod';
import { makeFolderDurably, writeDurably } from '../durable-file.ts';
import { type Log, messageOf } from '../log.ts';
import type { Unversioned } from '../link/link.ts';
import { meanOf } from './mean.ts';

const MINUTE_MS = 60_000;
/** Ten minutes in one write: who runs on a card writes seldom, and loses no more than that with the power. */
const MINUTES_A_FILE = 10;
/** Two days, which is as far back as the hub takes minutes. */
const MOST_FILES = (48 * 60) / MINUTES_A_FILE;
const MOST_BYTES = 16 * 1024 * 1024;
/** A clock that differs by more than this from what the uptime says was set since. */
const CLOCK_SET_MS = 30_000;

/** The mean of one minute, in the midst of it. */
const Kept = z.object({
  at_ms: z.number(),
  samples: z.int().positive(),
  sample: MetricSample,
  /** When it was by a clock that nobody can set. */
  boot_id: z.string(),
  uptime_ms: z.number(),
});
type Kept = z.infer<typeof Kept>;
const File = z.array(Kept).max(MAX_SPOOLED);

type Spooled = Extract<Unversioned<AgentFrame>, { type: 'spooled' }>;

export interface SpoolParts {
  /** Made when something is kept. */
  readonly folder: string;
  readonly bootId: string;
  readonly uptimeMs: () => number;
  readonly nowMs?: () => number;
  readonly log: Log;
}

/**
 * The readings of the time in which there is no hub to tell them to: a mean a minute, ten minutes a file, two days at most,
 * of which the oldest go first. A batch is removed when the hub has it, so it may be told twice, and is never lost in between.
 *
 *   sample ──minute over──► in memory ──ten of them, asked for, or the agent stops──► file ──told, acknowledged──► removed
 */
export class ReadingSpool {
  readonly #parts: SpoolParts;
  readonly #nowMs: () => number;
  #minuteMs = 0;
  #samples: MetricSample[] = [];
  #kept: Kept[] = [];
  #isFailing = false;

  constructor(parts: SpoolParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? Date.now;
  }

  add(sample: MetricSample): void {
    const minuteMs = Math.floor(this.#nowMs() / MINUTE_MS) * MINUTE_MS;
    if (minuteMs !== this.#minuteMs) this.#closeMinute();
    if (this.#kept.length >= MINUTES_A_FILE) this.write();
    this.#minuteMs = minuteMs;
    this.#samples.push(sample);
  }

  /** Puts on disk what is in memory. What cannot be written is lost, and said once. */
  write(): void {
    this.#closeMinute();
    if (this.#kept.length === 0) return;
    const kept = this.#kept;
    this.#kept = [];
    try {
      makeFolderDurably(this.#parts.folder);
      const newest = this.#batches().at(-1) ?? 0;
      writeDurably(this.#pathOf(newest + 1), JSON.stringify(kept));
      this.#dropOldest();
      this.#isFailing = false;
    } catch (cause) {
      if (!this.#isFailing)
        this.#parts.log('warn', 'readings could not be kept', { problem: messageOf(cause) });
      this.#isFailing = true;
    }
  }

  /** The oldest batch, as it is told to the hub; `null` when there is none. */
  oldest(): Spooled | null {
    for (const batch of this.#batches()) {
      const kept = this.#read(batch);
      if (kept !== null) {
        const told_at = new Date(this.#nowMs()).toISOString();
        return { type: 'spooled', batch, told_at, readings: kept.map((one) => this.#told(one)) };
      }
      // It was cut off, or is of another version.
      this.remove(batch);
    }
    return null;
  }

  remove(batch: number): void {
    rmSync(this.#pathOf(batch), { force: true });
  }

  #closeMinute(): void {
    if (this.#samples.length === 0) return;
    const middleMs = this.#minuteMs + MINUTE_MS / 2;
    this.#kept.push({
      at_ms: middleMs,
      samples: this.#samples.length,
      sample: meanOf(this.#samples),
      boot_id: this.#parts.bootId,
      uptime_ms: this.#parts.uptimeMs() - (this.#nowMs() - middleMs),
    });
    this.#samples = [];
  }

  /** A clock that was set since has not moved what was read in this boot. */
  #told({ at_ms, samples, sample, boot_id, uptime_ms }: Kept): Spooled['readings'][number] {
    const byUptimeMs = this.#nowMs() - (this.#parts.uptimeMs() - uptime_ms);
    const wasSet = boot_id === this.#parts.bootId && Math.abs(byUptimeMs - at_ms) > CLOCK_SET_MS;
    return { at: new Date(wasSet ? byUptimeMs : at_ms).toISOString(), samples, sample };
  }

  #dropOldest(): void {
    const files = this.#batches().map((batch) => ({ batch, bytes: statSync(this.#pathOf(batch)).size }));
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    for (let left = files.length; left > MOST_FILES || bytes > MOST_BYTES; left -= 1) {
      const oldest = files.shift();
      if (oldest === undefined) return;
      this.remove(oldest.batch);
      bytes -= oldest.bytes;
    }
  }

  #read(batch: number): Kept[] | null {
    try {
      return File.parse(JSON.parse(readFileSync(this.#pathOf(batch), 'utf8')));
    } catch (cause) {
      this.#parts.log('warn', 'kept readings cannot be read', { batch, problem: messageOf(cause) });
      return null;
    }
  }

  /** The numbers of the files, the oldest first. */
  #batches(): number[] {
    let names: string[];
    try {
      names = readdirSync(this.#parts.folder);
    } catch {
      // Nothing was ever kept.
      return [];
    }
    return names
      .flatMap((name) => /^(\d{1,15})\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .toSorted((a, b) => a - b);
  }

  #pathOf = (batch: number): string => join(this.#parts.folder, `${batch}.json`);
}
