import { expect, test } from 'vitest';
import { AskQueue } from './queue.ts';

/** Begins a question for each place and returns which have begun; `end` lets one of them go. */
function rig() {
  const queue = new AskQueue();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (place: string, urgent = false) =>
    queue.run(place, urgent, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      begun.push(place);
      ends.push(resolve);
      return promise;
    });
  return { ask, begun, end: () => ends.shift()?.() };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a place is asked one at a time, whoever asks, and other places meanwhile', async () => {
  const { ask, begun, end } = rig();
  const first = ask('a');
  void ask('a', true);
  void ask('b');
  await turn();
  expect(begun).toEqual(['a', 'b']);
  end();
  await first;
  await turn();
  expect(begun).toEqual(['a', 'b', 'a']);
});

test('sixteen at once; an urgent one does not wait for the others', async () => {
  const { ask, begun, end } = rig();
  for (let n = 0; n < 20; n++) void ask(`place ${n}`);
  void ask('urgent', true);
  await turn();
  expect(begun).toHaveLength(17);
  expect(begun.at(-1)).toBe('urgent');
  end();
  end();
  await turn();
  expect(begun.slice(17)).toEqual(['place 16']);
});

test('one that throws makes room', async () => {
  const queue = new AskQueue();
  await expect(queue.run('a', false, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run('a', false, async () => 'yes')).toBe('yes');
});
