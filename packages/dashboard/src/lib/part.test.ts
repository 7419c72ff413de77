import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { part } from './part.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what cannot be fetched is fetched again until it comes, once for all who want it', async () => {
  const fetched = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'))
    .mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'))
    .mockResolvedValue('the ruler');
  const load = part(fetched);
  const both = Promise.all([load(), load()]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await both).toEqual(['the ruler', 'the ruler']);
  expect(await load()).toBe('the ruler');
  expect(fetched).toHaveBeenCalledTimes(3);
});
