import { MetricSample } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { disposableFolder, HeldClock } from '../../../test/hub-fixture.ts';
import { historyOn, TIERS } from '../../../test/metrics/fixture.ts';
import { openTestStore } from '../../../test/store-access.ts';
import type { Store } from '../../store/schema.ts';
import { cellsOf } from '../readings.ts';
import { putSteps } from './blocks.ts';
import { readSteps } from './read.ts';
import { rollUp } from './roll-up.ts';

const START_MS = Date.parse('2026-01-01T12:00:00.000Z');
const MINUTE_MS = 60_000;

/** The same store, in which something happens after the first answer. */
function interrupted(db: Store, happens: () => Promise<void>): Store {
  let answers = 0;
  return db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      answers += 1;
      if (answers === 1) await happens();
      return result;
    },
  });
}

test.each([1, 2, 3])('no step of tier %i is missed while it is being rolled up', async (nth) => {
  using folder = disposableFolder();
  await using store = await openTestStore(folder.path);
  await using _history = await historyOn(store, new HeldClock(START_MS), ['nas']);
  const [finest] = TIERS;
  const tier = TIERS[nth] ?? finest;
  const cells = cellsOf(MetricSample.parse({ cpu_percent: 7 }));
  const step = { isBackfilled: false, cells };
  await store.db
    .transaction()
    .execute((tx) => putSteps(tx, finest, [{ serverId: 'nas', atMs: START_MS, step }]));
  const overMs = START_MS + 60 * MINUTE_MS;
  const db = interrupted(store.db, () => rollUp(store.db, TIERS, overMs));
  const span = { serverIds: ['nas'], fromMs: START_MS, toMs: overMs };
  const found = await readSteps(db, { tiers: TIERS, tier, running: [] }, span);
  expect([...(found.get('nas') ?? [])]).toEqual([[START_MS, step]]);
});
