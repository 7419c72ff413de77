import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Mutant, plantIn } from './mutant.ts';
import { MUTANTS } from './planted/index.ts';
import { tryMutants } from './run.ts';

const textOf = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const run = (mutants: readonly Mutant[]) =>
  tryMutants({ mutants, workers: 2, stop: new AbortController().signal });

test('no two planted mistakes have one name, and each can still be planted', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  for (const mutant of MUTANTS) expect(plantIn(textOf(mutant.file), mutant)).not.toBe(textOf(mutant.file));
});

test('mistakes on both sides are caught by the tests that are named for them', {
  timeout: 120_000,
}, async () => {
  const some = MUTANTS.filter(({ name }) =>
    [
      'the intent is written after the order has run',
      'the digest that was shown is not compared',
      'the store has no index of open actions',
    ].includes(name),
  );
  const { unfit, trials } = await run(some);
  expect(unfit).toEqual([]);
  expect(trials.map(({ fate }) => fate)).toEqual(['caught', 'caught', 'caught']);
});

test('a mistake that no test sees is said to have survived, and a test that is not there is said first', {
  timeout: 120_000,
}, async () => {
  const harmless: Mutant = {
    name: 'a comment',
    file: 'packages/agent/src/backoff.ts',
    from: 'export class Backoff',
    to: '/* harmless */ export class Backoff',
    caughtBy: {
      file: 'packages/agent/src/actions/precondition.test.ts',
      test: 'carried out: still failed',
    },
  };
  const { trials } = await run([harmless]);
  expect(trials.map(({ fate }) => fate)).toEqual(['survived']);
  const absent = { ...harmless, caughtBy: { ...harmless.caughtBy, test: 'no such test' } };
  const { unfit, trials: none } = await run([absent]);
  expect(unfit).toEqual(['«no such test» in packages/agent/src/actions/precondition.test.ts is not there']);
  expect(none).toEqual([]);
});

test('a run that is stopped says nothing of what it could not see', async () => {
  const { unfit, trials } = await tryMutants({ mutants: MUTANTS, workers: 2, stop: AbortSignal.abort() });
  expect(unfit).toEqual([]);
  expect(trials).toEqual([]);
});
