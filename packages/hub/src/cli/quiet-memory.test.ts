import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { giveBackWhenQuiet } from './quiet-memory.ts';

const MIB = 1024 * 1024;

test('what a burst has left is given back when the process is quiet, and not before', async () => {
  const said: { msg: string; freedBytes: number }[] = [];
  const out = new Writable({
    write(line, _encoding, done) {
      said.push(JSON.parse(String(line)));
      done();
    },
  });
  let garbage: unknown[] | null = Array.from({ length: 400_000 }, (_, number) => ({
    number,
    text: `${number}`,
  }));
  using _quiet = giveBackWhenQuiet(pino({ level: 'debug' }, out), { lookEveryMs: 20, leastMs: 60_000 });
  // Busy for many looks.
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
  }, 20);
  await new Promise<void>((resolve) => {
    const work = () => (looks < 10 ? setImmediate(work) : resolve());
    work();
  });
  clearInterval(timer);
  expect(garbage.length).toBe(400_000);
  garbage = null;
  expect(said).toEqual([]);
  await expect.poll(() => said.map(({ msg }) => msg)).toEqual(['memory was given back']);
  expect(said[0]?.freedBytes).toBeGreaterThan(10 * MIB);
});
