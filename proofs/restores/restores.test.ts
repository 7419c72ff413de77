import { expect, test } from 'vitest';
import { playRestores } from './run.ts';
import { violationsOf } from './summary.ts';

const LONG_MS = 180_000;

test('a hub that was set back to an older store notices, and runs nothing until a person has looked', {
  timeout: LONG_MS,
}, async () => {
  const outcome = await playRestores({ seed: 1, restores: 5 });
  expect(violationsOf(outcome)).toEqual([]);
  const seen = outcome.results.map(({ drill, isDetected, ranWhileFrozen }) => ({
    ...{ isAnythingLost: drill.isAnythingLost, isDetected, ranWhileFrozen },
  }));
  const lost = { isAnythingLost: true, isDetected: true, ranWhileFrozen: 0 };
  const none = { isAnythingLost: false, isDetected: false, ranWhileFrozen: 0 };
  expect(seen).toEqual([lost, lost, lost, lost, lost, none]);
});
