import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { labProblem } from '../../../lab/index.ts';
import { playWhole } from './run.ts';
import { waysOf } from './ways/registry.ts';

const problem = labProblem();
const LONG_MS = 300_000;

describe.skipIf(problem !== null)(`a hub that was taken over${problem ? `: ${problem}` : ''}`, () => {
  test('starts nothing on a real server but what root has listed, and no more often than root lets it', {
    timeout: LONG_MS,
  }, async () => {
    // Other attacks each time; what fails is told with its seed.
    const seed = randomInt(2 ** 30);
    const { violations, unlistedStarts, changes, starts, answers, ...outcome } = await playWhole({
      seed,
      orders: 1500,
    });
    expect(violations, `seed ${seed}`).toEqual([]);
    expect({ unlistedStarts, changes, serverStarts: outcome.serverStarts }).toEqual({
      ...{ unlistedStarts: 0, changes: 0, serverStarts: 2 },
    });
    // What is allowed does run, so that it is the guards that hold up the rest, and the last order was an honest one.
    expect(starts['media']).toBeGreaterThan(0);
    expect(starts['direct']).toBeGreaterThan(0);
    expect(starts['kept']).toBe(1);
    expect(Object.keys(answers)).toContainEqual(expect.stringMatching(/^upgrades: /));
    for (const act of ['say', 'ask'] as const)
      for (const { subject, name } of waysOf(act)) expect(answers).toHaveProperty([`${subject}: ${name}`]);
  });
});
