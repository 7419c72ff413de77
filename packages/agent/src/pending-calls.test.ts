import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { PendingCalls } from './pending-calls.ts';

const lost = new Error('the bus went away');

test('a call is answered, or fails, as it does by itself', async () => {
  const calls = new PendingCalls();
  await expect(calls.answerOf(Promise.resolve('yes'))).resolves.toBe('yes');
  await expect(calls.answerOf(Promise.reject(new Error('no such unit')))).rejects.toThrow('no such unit');
});

test('the end fails what is under way, and all that comes later', async () => {
  const calls = new PendingCalls();
  const underWay = calls.answerOf(Promise.withResolvers().promise);
  calls.endWith(lost);
  calls.endWith(new Error('a second end'));
  await expect(underWay).rejects.toBe(lost);
  await expect(calls.answerOf(Promise.resolve('late'))).rejects.toBe(lost);
  await expect(calls.answerOf(Promise.reject(new Error('late')))).rejects.toBe(lost);
});

test('an answer that was given is not kept', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const calls = new PendingCalls();
  const ask = async () => new WeakRef(await calls.answerOf(Promise.resolve({ units: ['plex.service'] })));
  const given = await ask();
  await vi.waitFor(async () => {
    await setImmediate();
    collectGarbage();
    expect(given.deref()).toBeUndefined();
  });
  calls.endWith(lost);
});
