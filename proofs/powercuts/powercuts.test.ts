import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { recordingProblem } from './disk/record.ts';
import { runPowercuts } from './run.ts';

const problem = recordingProblem();
const LONG_MS = 180_000;

describe.skipIf(problem !== null)(`whenever the power goes${problem ? `: ${problem}` : ''}`, () => {
  test('nothing acknowledged is lost and nothing runs twice', { timeout: LONG_MS }, async () => {
    // Other cuts each time; what fails is told with its seed.
    const seed = randomInt(2 ** 31);
    const { totals, violations } = await runPowercuts({ cuts: 30, cutsPerLife: 15, seed });
    expect(violations, `seed ${seed}`).toEqual([]);
    for (const side of [totals.hub, totals.agent]) {
      expect(side.cuts).toBe(30);
      expect(side.promises).toBeGreaterThan(30);
      expect(Object.keys(side.disks).toSorted()).toEqual(['bare', 'journaling']);
    }
    expect(totals.agent.outcomes).toMatchObject({
      completed: expect.any(Number),
      unknown: expect.any(Number),
    });
  });

  test.each([
    ['the store', 'store', 'hub', /^LOST/],
    ['the record of the agent', 'journal', 'agent', /^LOST|ran 1 times/],
    ['the claims', 'claims', 'agent', /is refused, and ran 1 times/],
  ] as const)(
    'it is found when nothing syncs %s',
    { timeout: LONG_MS },
    async (_what, planted, side, sentence) => {
      const { violations } = await runPowercuts({ cuts: 40, seed: 3, sides: [side], planted });
      const found = violations.flatMap(({ what }) => what).filter((line) => sentence.test(line));
      expect(found.length).toBeGreaterThan(0);
    },
  );
});
