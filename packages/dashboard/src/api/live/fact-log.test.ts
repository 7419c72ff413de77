import { expect, test } from 'vitest';
import { aService, serviceChanged } from '../../testing/things.ts';
import { FactLog } from './fact-log.ts';

const fact = (id: number) => serviceChanged(id, aService());

test('it gives the facts after an event, oldest first', () => {
  const log = new FactLog();
  log.begin(10);
  for (const id of [11, 12, 13]) log.add(fact(id));
  expect(log.after(11)?.map(({ id }) => id)).toEqual([12, 13]);
  expect(log.after(13)).toEqual([]);
});

test('before a stream has begun nothing is known to be missing', () => {
  expect(new FactLog().after(0)).toEqual([]);
});

test('it says so when facts that are asked for came before the stream', () => {
  const log = new FactLog();
  log.begin(10);
  expect(log.after(9)).toBeNull();
  expect(log.after(10)).toEqual([]);
});

test('it keeps the last thousand, and says so when older ones are asked for', () => {
  const log = new FactLog();
  log.begin(0);
  for (let id = 1; id <= 1002; id += 1) log.add(fact(id));
  expect(log.after(1)).toBeNull();
  expect(log.after(2)).toHaveLength(1000);
  expect(log.newestId).toBe(1002);
});
