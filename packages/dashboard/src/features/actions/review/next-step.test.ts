import { type OrderResult, RefusalCode } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { anAction } from '../../../testing/things.ts';
import { nextStepOf } from './next-step.ts';

const resultOf = (outcome: OrderResult['outcome'], code: string): OrderResult => ({
  outcome,
  code,
  detail: 'What happened.',
  exit_code: null,
  output: '',
  before: null,
  after: null,
  ran_ms: null,
  elapsed_ms: null,
  journal: [],
});

test.each(RefusalCode.options)('after a refusal it is said what to do: %s', (code) => {
  const step = nextStepOf(anAction({ status: 'refused', result: resultOf('refused', code) }));
  expect(step).toMatch(/^[A-Z].*\.$/);
  expect(step).not.toBe('Put right what it says, then ask again.');
});

test('a refusal by a newer agent, of a reason that this page has never heard of, is not left without a word', () => {
  const result = resultOf('refused', 'moon_phase');
  expect(nextStepOf(anAction({ status: 'refused', result }))).toBe('Put right what it says, then ask again.');
});

test('a service that runs and does not answer leads to its probe', () => {
  const result = resultOf('failed', 'not-answering');
  expect(nextStepOf(anAction({ status: 'failed', result }))).toMatch(/does not answer its probe/);
});

test.each(['exit-code', 'signal'])('what failed by %s leads to the journal', (code) => {
  expect(nextStepOf(anAction({ status: 'failed', result: resultOf('failed', code) }))).toMatch(/journal/);
});

test.each(['completed', 'cancelled', 'pending'] as const)('nothing is left to do after %s', (status) => {
  expect(nextStepOf(anAction({ status }))).toBeNull();
});
