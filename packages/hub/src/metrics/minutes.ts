import type { MetricSample, RecentMetrics } from '@homelabcmd/protocol';
import { type Clock, timestamp } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';

const MINUTE_MS = 60_000;
const SHOWN_MINUTES = 60;
const KEPT_MS = 24 * 60 * MINUTE_MS;
const READINGS = ['cpu_percent', 'memory_percent', 'disk_percent'] as const;
type Reading = (typeof READINGS)[number];
type Means = Record<Reading, number | null>;

/** Sums of the minute that runs, of one server. */
class OpenMinute {
  readonly #sums = new Map<Reading, { sum: number; count: number }>();

  add(sample: MetricSample): void {
    const readings = readingsOf(sample);
    for (const reading of READINGS) {
      const value = readings[reading];
      if (value === null) continue;
      const { sum, count } = this.#sums.get(reading) ?? { sum: 0, count: 0 };
      this.#sums.set(reading, { sum: sum + value, count: count + 1 });
    }
  }

  get means(): Means {
    const mean = (reading: Reading) => {
      const total = this.#sums.get(reading);
      return total === undefined ? null : Math.round((total.sum / total.count) * 10) / 10;
    };
    return {
      cpu_percent: mean('cpu_percent'),
      memory_percent: mean('memory_percent'),
      disk_percent: mean('disk_percent'),
    };
  }
}

/**
 * A mean a minute of each server for a day: the lines beside the readings. The minute that runs is in memory, so a
 * hub that is killed loses that one; a minute that is over is written, for all servers at once.
 */
export class MetricMinutes implements AsyncDisposable {
  readonly #db: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #open = new Map<string, OpenMinute>();
  #startMs: number;
  #writing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(db: Store, clock: Clock, logger: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#logger = logger;
    this.#startMs = minuteOf(clock.nowMs());
    this.#timer = setInterval(() => this.#turn(), 5000);
  }

  record(serverId: string, sample: MetricSample): void {
    this.#turn();
    const open = this.#open.get(serverId) ?? new OpenMinute();
    open.add(sample);
    this.#open.set(serverId, open);
  }

  /** The last hour of every server that said something in it, with the minute that runs as the last point. */
  async recent(): Promise<RecentMetrics> {
    this.#turn();
    await this.#writing;
    const fromMs = this.#startMs - (SHOWN_MINUTES - 1) * MINUTE_MS;
    const rows = await this.#db
      .selectFrom('metric_minutes')
      .selectAll()
      .where('at', '>=', timestamp(fromMs))
      .orderBy('server_id')
      .execute();
    const lines = new Map<string, Record<Reading, (number | null)[]>>();
    const put = (serverId: string, atMs: number, means: Means) => {
      const line = lines.get(serverId) ?? emptyLine();
      lines.set(serverId, line);
      const n = Math.round((atMs - fromMs) / MINUTE_MS);
      if (n >= 0 && n < SHOWN_MINUTES) for (const reading of READINGS) line[reading][n] = means[reading];
    };
    for (const { server_id, at, ...means } of rows) put(server_id, Date.parse(at), means);
    // A server that was deleted has no rows any more, but it may have said something in the minute that runs.
    const known = await knownServers(this.#db);
    for (const [serverId, open] of this.#open)
      if (known.has(serverId)) put(serverId, this.#startMs, open.means);
    return {
      from: timestamp(fromMs),
      step_ms: MINUTE_MS,
      servers: [...lines].map(([server_id, line]) => ({ server_id, ...line })),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#close();
    await this.#writing;
  }

  /** A minute that is over is closed; a clock that was set back begins a new one too. */
  #turn(): void {
    const startMs = minuteOf(this.#clock.nowMs());
    if (startMs === this.#startMs) return;
    this.#close();
    this.#startMs = startMs;
  }

  #close(): void {
    const at = timestamp(this.#startMs);
    const rows = [...this.#open].map(([server_id, open]) => ({ server_id, at, ...open.means }));
    this.#open.clear();
    if (rows.length === 0) return;
    const before = timestamp(this.#startMs - KEPT_MS);
    this.#writing = this.#writing
      .then(() => this.#write(rows, before))
      .catch((error: unknown) => this.#logger.error({ err: error }, 'a minute of readings was not kept'));
  }

  async #write(rows: readonly ({ server_id: string; at: string } & Means)[], before: string): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      // A server may have been deleted in the meantime.
      const known = await knownServers(tx);
      for (const row of rows.filter(({ server_id }) => known.has(server_id))) {
        await tx
          .insertInto('metric_minutes')
          .values(row)
          .onConflict((conflict) => conflict.columns(['server_id', 'at']).doUpdateSet(row))
          .execute();
      }
      await tx.deleteFrom('metric_minutes').where('at', '<', before).execute();
    });
  }
}

async function knownServers(db: Store): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('servers').select('server_id').execute();
  return new Set(rows.map((row) => row.server_id));
}

const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

const emptyLine = (): Record<Reading, (number | null)[]> => ({
  cpu_percent: Array<number | null>(SHOWN_MINUTES).fill(null),
  memory_percent: Array<number | null>(SHOWN_MINUTES).fill(null),
  disk_percent: Array<number | null>(SHOWN_MINUTES).fill(null),
});

function readingsOf(sample: MetricSample): Means {
  const share = (used: number | null, total: number | null) =>
    used === null || total === null || total === 0 ? null : Math.min(100, (used / total) * 100);
  const disks = sample.disks.map((disk) => share(disk.used_bytes, disk.total_bytes) ?? 0);
  return {
    cpu_percent: sample.cpu_percent,
    memory_percent: share(sample.memory_used_bytes, sample.memory_total_bytes),
    disk_percent: disks.length === 0 ? null : Math.max(...disks),
  };
}
