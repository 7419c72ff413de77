import { type Kysely, sql } from 'kysely';
import { packBlock, type Step } from '../../../lib/series/block.ts';
import { type Cell, cellOf } from '../../../lib/series/cell.ts';

/**
 * Readings are kept for years, in tiers of steps (docs/decisions/0024-metrics-in-packed-blocks.md). The means of the last day become
 * steps of a minute; the hub makes the longer steps out of them, as the blocks are open.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  const servers = await sql<{ server_id: string }>`SELECT DISTINCT server_id FROM metric_minutes`.execute(db);
  for (const { server_id } of servers.rows) await carryOver(db, server_id);
  await sql`DROP TABLE metric_minutes`.execute(db);
}

const STATEMENTS = [
  `CREATE TABLE metric_blocks (
    server_id TEXT NOT NULL REFERENCES servers (server_id) ON DELETE CASCADE,
    step_ms INTEGER NOT NULL,
    at TEXT NOT NULL,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    block BLOB NOT NULL,
    PRIMARY KEY (server_id, step_ms, at))`,
  `CREATE INDEX open_metric_blocks ON metric_blocks (step_ms, server_id, at) WHERE is_open = 1`,
];

const MINUTE_MS = 60_000;
const STEPS = 10;
const BLOCK_MS = STEPS * MINUTE_MS;
/** An agent told its readings every 10 s; of how many a mean was, nobody noted. */
const READINGS_A_MINUTE = 6;
const SERIES = [
  ['cpu_percent', '1'],
  ['memory_percent', '2'],
  ['disk_percent', '3'],
] as const;

type Minute = { at: string } & Record<(typeof SERIES)[number][0], number | null>;

async function carryOver(db: Kysely<unknown>, serverId: string): Promise<void> {
  const { rows } = await sql<Minute>`SELECT at, cpu_percent, memory_percent, disk_percent FROM metric_minutes
    WHERE server_id = ${serverId}`.execute(db);
  const blocks = new Map<number, (Step | undefined)[]>();
  for (const minute of rows) {
    const atMs = Date.parse(minute.at);
    const startMs = Math.floor(atMs / BLOCK_MS) * BLOCK_MS;
    const block = blocks.get(startMs) ?? Array<Step | undefined>(STEPS).fill(undefined);
    blocks.set(startMs, block);
    const cells = cellsOf(minute);
    if (cells.size > 0) block[Math.floor((atMs - startMs) / MINUTE_MS)] = { isBackfilled: false, cells };
  }
  for (const [startMs, block] of blocks) {
    if (block.every((step) => step === undefined)) continue;
    await sql`INSERT INTO metric_blocks (server_id, step_ms, at, is_open, block) VALUES
      (${serverId}, ${MINUTE_MS}, ${new Date(startMs).toISOString()}, 1, ${packBlock(block)})`.execute(db);
  }
}

function cellsOf(minute: Minute): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const [column, name] of SERIES) {
    const percent = minute[column];
    if (percent !== null) cells.set(name, cellOf(percent * 100, READINGS_A_MINUTE));
  }
  return cells;
}
