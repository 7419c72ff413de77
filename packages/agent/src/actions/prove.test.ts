import { Probe } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import type { Answer } from '../probes/answer.ts';
import { failureOfProbe } from './prove.ts';

const probe = (failures_before_down: number, interval_ms: number): Probe => ({
  ...Probe.parse({ kind: 'tcp', port: 1, failures_before_down }),
  interval_ms,
});
const never = new AbortController().signal;
const answers = (...kinds: Answer['kind'][]) => {
  const moments: number[] = [];
  const ask = async (): Promise<Answer> => {
    moments.push(performance.now());
    const kind = kinds.length > 1 ? kinds.shift() : kinds[0];
    return { kind: kind ?? 'failure', detail: 'Nothing listens.' };
  };
  return { ask, moments };
};

test('one good answer is enough, and nothing is asked after it', async () => {
  const { ask, moments } = answers('failure', 'failure', 'answer');
  expect(await failureOfProbe(probe(5, 1), ask, never)).toBeNull();
  expect(moments).toHaveLength(3);
});

test('as many bad ones as make a service down are a failure, in the words of the last', async () => {
  const { ask, moments } = answers('failure');
  expect(await failureOfProbe(probe(3, 30), ask, never)).toEqual({
    code: 'not-answering',
    detail: 'It is up and does not answer. Nothing listens.',
  });
  expect(moments).toHaveLength(3);
  expect((moments[2] ?? 0) - (moments[0] ?? 0)).toBeGreaterThanOrEqual(55);
});

test('a probe that takes too long by its own interval is asked as often in the time that there is', async () => {
  const { ask, moments } = answers('failure');
  expect(await failureOfProbe(probe(4, 3_600_000), ask, never, 1000)).toMatchObject({
    code: 'not-answering',
  });
  expect(moments).toHaveLength(4);
});

test('one that is not answered at all ends with the time that there is', async () => {
  const hang = (_probe: Probe, stop: AbortSignal) =>
    new Promise<Answer>((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
  expect(await failureOfProbe(probe(1, 1000), hang, never, 50)).toEqual({
    code: 'not-answering',
    detail: 'It is up and does not answer. There was no answer in time.',
  });
});

test('one that the server does not allow is not asked again', async () => {
  const { ask, moments } = answers('not_allowed');
  expect(await failureOfProbe(probe(3, 1), ask, never)).toEqual({
    code: 'not-answering',
    detail: 'It is up; whether it answers is not known. Nothing listens.',
  });
  expect(moments).toHaveLength(1);
});

test('an agent that stops judges nothing', async () => {
  const stop = new AbortController();
  const { ask } = answers('failure');
  const failure = failureOfProbe(probe(2, 60_000), ask, stop.signal);
  stop.abort();
  await expect(failure).rejects.toThrow('aborted');
});

test('after the last answer nothing is waited for', async () => {
  const { ask } = answers('failure');
  expect(await failureOfProbe(probe(1, 3_600_000), ask, never)).toMatchObject({ code: 'not-answering' });
});

test('a fault of the asker is no answer of the service', async () => {
  const ask = () => Promise.reject(new Error('no sockets are left'));
  await expect(failureOfProbe(probe(2, 1), ask, never)).rejects.toThrow('no sockets are left');
});
