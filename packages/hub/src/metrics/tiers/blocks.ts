import { type Block, packBlock, type Step, unpackBlock } from '../../lib/series/block.ts';
import { timestamp } from '../../lib/clock.ts';
import type { Store, StoreTransaction } from '../../store/schema.ts';
import { startOf, type Tier } from './tiers.ts';

/** A step of one server, and when it begins. */
export interface StepOfServer {
  readonly serverId: string;
  readonly atMs: number;
  readonly step: Step;
}

/** A block of one server, as it is in the store. */
export interface BlockOfServer {
  readonly serverId: string;
  readonly atMs: number;
  readonly block: Block;
}

/** With more rows a statement would have more values than an engine takes. */
const ROWS_AT_ONCE = 500;

/**
 * Puts steps in their place, where they stand for all that was there. `onlyWhereNone`: what is there stays. The blocks are
 * open then, until the next tier is made out of them.
 */
export async function putSteps(
  tx: StoreTransaction,
  tier: Tier,
  steps: readonly StepOfServer[],
  { onlyWhereNone = false } = {},
): Promise<void> {
  const blocks = await blocksToChange(tx, tier, steps);
  const changed = new Set<ChangedBlock>();
  for (const { serverId, atMs, step } of steps) {
    const startMs = startOf(atMs, tier.blockMs);
    const target = blocks.get(`${startMs} ${serverId}`);
    const n = (atMs - startMs) / tier.stepMs;
    if (target === undefined || (onlyWhereNone && target.block[n] !== undefined)) continue;
    target.block[n] = step;
    changed.add(target);
  }
  const is_open = tier.name === '1h' ? 0 : 1;
  const rows = [...changed].map(({ serverId, startMs, block }) => ({
    ...{ server_id: serverId, step_ms: tier.stepMs, at: timestamp(startMs), is_open },
    block: packBlock(block),
  }));
  for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) {
    await tx
      .insertInto('metric_blocks')
      .values(rows.slice(n, n + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['server_id', 'step_ms', 'at']).doUpdateSet((eb) => ({
          block: eb.ref('excluded.block'),
          is_open: eb.ref('excluded.is_open'),
        })),
      )
      .execute();
  }
}

interface ChangedBlock {
  readonly serverId: string;
  readonly startMs: number;
  readonly block: (Step | undefined)[];
}

/** The blocks that these steps are in, by beginning and server, as they are or empty. */
async function blocksToChange(tx: StoreTransaction, tier: Tier, steps: readonly StepOfServer[]) {
  const blocks = new Map<string, ChangedBlock>();
  const servers = new Set<string>();
  const starts = new Set<string>();
  for (const { serverId, atMs } of steps) {
    const startMs = startOf(atMs, tier.blockMs);
    const block = Array<Step | undefined>(tier.blockMs / tier.stepMs).fill(undefined);
    blocks.set(`${startMs} ${serverId}`, { serverId, startMs, block });
    servers.add(serverId);
    starts.add(timestamp(startMs));
  }
  const ids = [...servers];
  for (let n = 0; n < ids.length; n += ROWS_AT_ONCE) {
    const rows = await tx
      .selectFrom('metric_blocks')
      .select(['server_id', 'at', 'block'])
      .where('server_id', 'in', ids.slice(n, n + ROWS_AT_ONCE))
      .where('step_ms', '=', tier.stepMs)
      .where('at', 'in', [...starts])
      .execute();
    for (const row of rows) {
      const known = blocks.get(`${Date.parse(row.at)} ${row.server_id}`);
      known?.block.splice(0, known.block.length, ...unpackBlock(row.block));
    }
  }
  return blocks;
}

/** The blocks that the next tier has yet to be made out of: those that begin before this, or at it; at most so many. */
export async function openBlocks(
  db: Store,
  tier: Tier,
  { upToMs, limit }: { upToMs: number; limit: number },
): Promise<BlockOfServer[]> {
  const rows = await db
    .selectFrom('metric_blocks')
    .select(['server_id', 'at', 'block'])
    // Said in the statement itself: only then is the index of open blocks used.
    .where('is_open', '=', (eb) => eb.lit(1))
    .where('step_ms', '=', tier.stepMs)
    .where('at', '<=', timestamp(upToMs))
    .orderBy('at')
    .limit(limit)
    .execute();
  return rows.map((row) => blockOfRow(row));
}

export async function closeBlocks(
  tx: StoreTransaction,
  tier: Tier,
  blocks: readonly BlockOfServer[],
): Promise<void> {
  const byStart = Map.groupBy(blocks, ({ atMs }) => atMs);
  for (const [atMs, some] of byStart) {
    await tx
      .updateTable('metric_blocks')
      .set({ is_open: 0 })
      .where(
        'server_id',
        'in',
        some.map(({ serverId }) => serverId),
      )
      .where('step_ms', '=', tier.stepMs)
      .where('at', '=', timestamp(atMs))
      .execute();
  }
}

/** The blocks of these servers that have a step from `fromMs` on and before `toMs`. */
export async function blocksBetween(
  db: Store,
  tier: Tier,
  { serverIds, fromMs, toMs, isWanted }: Span,
): Promise<BlockOfServer[]> {
  if (serverIds.length === 0) return [];
  const rows = await db
    .selectFrom('metric_blocks')
    .select(['server_id', 'at', 'block'])
    .where('server_id', 'in', serverIds)
    .where('step_ms', '=', tier.stepMs)
    .where('at', '>=', timestamp(startOf(fromMs, tier.blockMs)))
    .where('at', '<', timestamp(toMs))
    .execute();
  return rows.map((row) => blockOfRow(row, isWanted));
}

export interface Span {
  readonly serverIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly isWanted?: ((key: string) => boolean) | undefined;
}

/** The blocks of these servers that the next tier has yet to be made out of. */
export async function openBlocksOf(
  db: Store,
  tier: Tier,
  { serverIds, isWanted }: Pick<Span, 'serverIds' | 'isWanted'>,
): Promise<BlockOfServer[]> {
  if (serverIds.length === 0) return [];
  const rows = await db
    .selectFrom('metric_blocks')
    .select(['server_id', 'at', 'block'])
    .where('is_open', '=', (eb) => eb.lit(1))
    .where('step_ms', '=', tier.stepMs)
    .where('server_id', 'in', serverIds)
    .execute();
  return rows.map((row) => blockOfRow(row, isWanted));
}

const blockOfRow = (
  { server_id, at, block }: { server_id: string; at: string; block: Uint8Array },
  isWanted?: Span['isWanted'],
): BlockOfServer => ({
  serverId: server_id,
  atMs: Date.parse(at),
  block: unpackBlock(block, isWanted),
});

/** The servers that there are: one may have been removed since something was read of it. */
export async function knownServers(db: Store): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('servers').select('server_id').execute();
  return new Set(rows.map((row) => row.server_id));
}
