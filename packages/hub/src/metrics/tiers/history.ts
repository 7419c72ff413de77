import type { MetricSample } from '@homelabcmd/protocol';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Cell } from '../../lib/series/cell.ts';
import type { Store } from '../../store/schema.ts';
import { blocksBetween, knownServers, putSteps, type StepOfServer } from './blocks.ts';
import { addTo, cellsOf } from '../readings.ts';
import { rollUp } from './roll-up.ts';
import { startOf, type Tiers } from './tiers.ts';

const LOOKS_EVERY_MS = 5000;
/** An agent tells one; from one that tells more, no sum may grow beyond what is exact. */
const SAMPLES_A_STEP = 10;
/** While the store cannot be written, so many steps are kept: ten minutes. */
const KEPT_UNWRITTEN = 60;

interface OpenCells {
  samples: number;
  readonly cells: Map<string, Cell>;
}

/** The readings of all servers, as they come, into steps of 10 s; from there they go on to the longer ones. */
export class MetricHistory implements AsyncDisposable {
  readonly tiers: Tiers;
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #open = new Map<string, OpenCells>();
  /** Steps that are over, and not in the store yet. */
  #unwritten: (readonly StepOfServer[])[] = [];
  #isFailing = false;
  #isDisposed = false;
  #startMs: number;
  #writing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: { db: Store; clock: Clock; logger: Logger; tiers: Tiers }) {
    this.tiers = parts.tiers;
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#startMs = this.#stepNow();
    this.#timer = setInterval(() => this.#turn(), LOOKS_EVERY_MS);
  }

  record(serverId: string, sample: MetricSample): void {
    this.#turn();
    const open = this.#openFor(serverId);
    if (open.samples === SAMPLES_A_STEP) return;
    open.samples += 1;
    addTo(open.cells, cellsOf(sample));
  }

  /** All that is known by now is in the store, or among the steps that this answers: those that run, as far as they have come. */
  async running(): Promise<readonly StepOfServer[]> {
    this.#turn();
    await this.#writing;
    return [...this.#unwritten.flat(), ...this.#openSteps()];
  }

  /** Goes on where the hub was stopped or killed: in the step that runs still, and with what was not made out of those before. */
  async start(): Promise<void> {
    const [first] = this.tiers;
    const serverIds = [...(await knownServers(this.#db))];
    const span = { serverIds, fromMs: this.#startMs, toMs: this.#startMs + first.stepMs };
    for (const { serverId, atMs, block } of await blocksBetween(this.#db, first, span)) {
      const step = block[(this.#startMs - atMs) / first.stepMs];
      if (step !== undefined) addTo(this.#openFor(serverId).cells, step.cells);
    }
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** Puts minutes that an agent tells afterwards where nothing is known of that minute; told again, they change nothing. */
  backfill(steps: readonly StepOfServer[]): Promise<void> {
    this.#turn();
    const [, minutes] = this.tiers;
    const done = this.#writing.then(async () => {
      await this.#db.transaction().execute(async (tx) => {
        const known = await knownServers(tx);
        const ours = steps.filter(({ serverId }) => known.has(serverId));
        await putSteps(tx, minutes, ours, { onlyWhereNone: true });
      });
      await rollUp(this.#db, this.tiers, this.#clock.nowMs(), () => this.#isDisposed);
    });
    // Whoever told them hears of a fault; the next step is written all the same.
    this.#writing = done.catch(() => undefined);
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#close();
    await this.#writing;
    this.#isDisposed = true;
  }

  /** A step that is over is closed; a clock that was set back begins a new one too. */
  #turn(): void {
    const startMs = this.#stepNow();
    if (startMs === this.#startMs) return;
    this.#close();
    this.#startMs = startMs;
  }

  #openFor(serverId: string): OpenCells {
    const open = this.#open.get(serverId) ?? { samples: 0, cells: new Map<string, Cell>() };
    this.#open.set(serverId, open);
    return open;
  }

  #stepNow(): number {
    return startOf(this.#clock.nowMs(), this.tiers[0].stepMs);
  }

  #openSteps(): StepOfServer[] {
    return [...this.#open].map(([serverId, { cells }]) => ({
      ...{ serverId, atMs: this.#startMs },
      step: { isBackfilled: false, cells: new Map(cells) },
    }));
  }

  #close(): void {
    const steps = this.#openSteps();
    this.#open.clear();
    if (steps.length > 0) this.#unwritten = [...this.#unwritten, steps].slice(-KEPT_UNWRITTEN);
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** What cannot be written is tried again with the next step. */
  async #write(): Promise<void> {
    try {
      for (let oldest = this.#unwritten[0]; oldest !== undefined; oldest = this.#unwritten[0]) {
        const written = oldest;
        await this.#writeSteps(written);
        // Meanwhile others may have come, and pushed it out.
        this.#unwritten = this.#unwritten.filter((steps) => steps !== written);
      }
      await rollUp(this.#db, this.tiers, this.#clock.nowMs(), () => this.#isDisposed);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#logger.error({ err: error }, 'readings could not be kept; it is tried again');
      this.#isFailing = true;
    }
  }

  #writeSteps(steps: readonly StepOfServer[]): Promise<void> {
    return this.#db.transaction().execute(async (tx) => {
      // A server may have been deleted in the meantime.
      const known = await knownServers(tx);
      const [first] = this.tiers;
      await putSteps(
        tx,
        first,
        steps.filter(({ serverId }) => known.has(serverId)),
      );
    });
  }
}
