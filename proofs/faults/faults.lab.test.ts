import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { labProblem } from '../../lab/index.ts';
import { runFaults } from './run.ts';

const problem = labProblem();
const EVIDENCE = fileURLToPath(new URL('../../dist/proofs/test-evidence', import.meta.url));

describe.skipIf(problem !== null)(`whatever is killed${problem ? `: ${problem}` : ''}`, () => {
  test('no restart runs twice and none is lost', async () => {
    // Another part of the points each time; what fails is told with its seed, and replayed by `npm run faults`.
    const seed = randomInt(2 ** 31);
    const outcome = await runFaults({
      ...{ kills: 30, seed, lanes: 2, point: null, points: null, round: null },
      ...{ durableOnly: true, evidenceDir: EVIDENCE },
    });
    expect(outcome.violations, `seed ${seed}`).toEqual([]);
    expect(outcome.kills).toBeGreaterThanOrEqual(30);
    const kills = outcome.rounds.flatMap((round) => round.kills);
    for (const side of ['hub', 'agent', 'server'])
      expect(
        kills.some((kill) => kill.side === side),
        `a kill of the ${side}`,
      ).toBe(true);
    for (const { deliveries, action } of outcome.rounds)
      if (action?.status === 'completed') expect(deliveries).toBeGreaterThanOrEqual(2);
  }, 180_000);
});
