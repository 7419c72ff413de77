import type { Block, Step } from '../../lib/series/block.ts';
import type { Cell } from '../../lib/series/cell.ts';
import type { Store } from '../../store/schema.ts';
import { closeBlocks, openBlocks, putSteps, type StepOfServer } from './blocks.ts';
import { addTo } from '../readings.ts';
import type { Tier, Tiers } from './tiers.ts';

/** A batch is one short transaction; other writers get their turn between two. */
const BATCH = 200;

/** Steps as one: that of the next tier. `undefined`: nothing is known of any of them. */
export function asOneStep(steps: Block): Step | undefined {
  const known = steps.filter((step) => step !== undefined);
  if (known.length === 0) return undefined;
  const cells = new Map<string, Cell>();
  for (const step of known) addTo(cells, step.cells);
  return { isBackfilled: known.some((step) => step.isBackfilled), cells };
}

/**
 * Makes the steps of each tier out of the blocks of the one before that are over and have changed since. A step is made
 * out of one block, as it is, and stands for what was there: made again, it is the same. Who is killed in between makes
 * the rest the next time.
 *
 *   step put into a block ──► open ──over, and rolled up──► closed
 *                              ▲──────a step is put into it──┘
 */
export async function rollUp(db: Store, tiers: Tiers, nowMs: number, isStopped = () => false): Promise<void> {
  for (const [n, tier] of tiers.entries()) {
    const next = tiers[n + 1];
    if (next === undefined) return;
    while (!isStopped() && (await rollUpBatch(db, tier, next, nowMs - tier.blockMs)) === BATCH)
      await new Promise((resume) => setImmediate(resume));
  }
}

/** @returns how many blocks were rolled up */
function rollUpBatch(db: Store, tier: Tier, next: Tier, upToMs: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const blocks = await openBlocks(tx, tier, { upToMs, limit: BATCH });
    const steps = blocks.flatMap(({ serverId, atMs, block }): StepOfServer[] => {
      const step = asOneStep(block);
      return step === undefined ? [] : [{ serverId, atMs, step }];
    });
    await putSteps(tx, next, steps);
    await closeBlocks(tx, tier, blocks);
    return blocks.length;
  });
}
