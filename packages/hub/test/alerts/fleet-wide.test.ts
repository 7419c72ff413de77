import { setImmediate as turn } from 'node:timers/promises';
import { NO_READINGS } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { AlertEngine } from '../../src/alerts/engine.ts';
import { DiskForecasts, type Point } from '../../src/alerts/forecast.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { Logger } from '../../src/lib/log.ts';
import { startTestStore, type TestStore } from '../store-fixture.ts';
import { serverAs } from './world.ts';

const HOUR = 3_600_000;
const logger = createLogger('silent');

const openEngine = ({ db, log, clock }: TestStore, withLogger: Logger = logger) =>
  AlertEngine.open({
    ...{ db, log, clock, logger: withLogger, keptMs: 24 * HOUR },
    present: async () => ({ servers: [serverAs('nas')], services: [] }),
  });

test('while the disks of a fleet are judged, others have their turn between one server and the next', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  await using alerts = await openEngine(store);
  const points = Array.from({ length: 168 }, (_, n): Point => ({ atMs: n * HOUR, percent: 10 }));
  const fleet = new Map(Array.from({ length: 20 }, (_, n) => [`server-${n}`, new Map([['/', points]])]));
  const forecasts = new DiskForecasts({ alerts, logger, diskHistory: async () => fleet });
  let turns = 0;
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; turns += 1) await turn();
  })();
  await forecasts.look();
  isOver = true;
  await counting;
  expect(turns).toBeGreaterThanOrEqual(fleet.size);
});

test('of a server whose readings cannot be judged for a while only the newest waits', async () => {
  await using store = await startTestStore();
  await store.addServer('nas');
  const failed: string[] = [];
  const noting = { ...logger, error: (_: object, sentence: string) => void failed.push(sentence) } as Logger;
  await using alerts = await openEngine(store, noting);
  const seen: number[] = [];
  const looking = alerts.readings('disk_high', 'nas', []);
  for (let n = 1; n <= 50; n += 1)
    alerts.sample('nas', {
      ...NO_READINGS,
      get cpu_percent() {
        if (seen.at(-1) !== n) seen.push(n);
        return n;
      },
    });
  await looking;
  await alerts.look();
  expect([seen, failed]).toEqual([[50], []]);
});
