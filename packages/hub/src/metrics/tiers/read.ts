import type { Step } from '../../lib/series/block.ts';
import type { Store } from '../../store/schema.ts';
import { type BlockOfServer, blocksBetween, openBlocksOf, type Span, type StepOfServer } from './blocks.ts';
import { asOneStep } from './roll-up.ts';
import { startOf, type Tier, type Tiers } from './tiers.ts';

/** The steps of a server by their beginnings. */
export type StepsByStart = Map<number, Step>;

/**
 * The steps of one tier, by server: those in the store, and the newest, which run still, as far as they have come. These are read
 * first, from the finest on: a block that is rolled up meanwhile is found where it went, and no step is missed.
 * @param running the steps of the first tier that are not in the store
 */
export async function readSteps(
  db: Store,
  { tiers, tier, running }: { tiers: Tiers; tier: Tier; running: readonly StepOfServer[] },
  span: Span,
): Promise<Map<string, StepsByStart>> {
  const found = new Map<string, StepsByStart>();
  const put = (serverId: string, atMs: number, step: Step) => {
    if (atMs < span.fromMs || atMs >= span.toMs) return;
    const steps = found.get(serverId) ?? new Map<number, Step>();
    if (steps.size === 0) found.set(serverId, steps);
    steps.set(atMs, step);
  };
  const newest = await runningSteps(db, { tiers, tier, running }, span);
  for (const { serverId, atMs, block } of await blocksBetween(db, tier, span)) {
    for (const [n, step] of block.entries())
      if (step !== undefined) put(serverId, atMs + n * tier.stepMs, step);
  }
  for (const { serverId, atMs, step } of newest) put(serverId, atMs, step);
  return found;
}

function stepsIn({ stepMs }: Tier, { serverId, atMs, block }: BlockOfServer): StepOfServer[] {
  return block.flatMap((step, n) =>
    step === undefined ? [] : [{ serverId, atMs: atMs + n * stepMs, step }],
  );
}

/** What the steps of a tier that are to come are by now: made out of the blocks that are open, and of what is in none yet. */
async function runningSteps(
  db: Store,
  { tiers, tier, running }: { tiers: Tiers; tier: Tier; running: readonly StepOfServer[] },
  span: Span,
): Promise<StepOfServer[]> {
  const isOurs = new Set(span.serverIds);
  let steps = running.filter(({ serverId }) => isOurs.has(serverId)).map((one) => narrowed(one, span));
  for (const finer of tiers) {
    if (finer === tier) return steps;
    const blocks = await openBlocksOf(db, finer, span);
    const byStart = Map.groupBy(
      [...blocks.flatMap((block) => stepsIn(finer, block)), ...steps],
      ({ serverId, atMs }) => `${startOf(atMs, finer.blockMs)} ${serverId}`,
    );
    steps = [...byStart.values()].flatMap((some) => asNextStep(finer, some));
  }
  return steps;
}

/** Of steps of one block, those that come later stand for those before. */
function asNextStep(finer: Tier, steps: readonly StepOfServer[]): StepOfServer[] {
  const [one] = steps;
  const step = asOneStep([...new Map(steps.map(({ atMs, step: each }) => [atMs, each])).values()]);
  if (one === undefined || step === undefined) return [];
  return [{ serverId: one.serverId, atMs: startOf(one.atMs, finer.blockMs), step }];
}

function narrowed(one: StepOfServer, { isWanted = () => true }: Span): StepOfServer {
  const cells = new Map([...one.step.cells].filter(([key]) => isWanted(key)));
  return { ...one, step: { ...one.step, cells } };
}
