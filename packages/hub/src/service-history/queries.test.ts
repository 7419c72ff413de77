import type { Service } from '@homelabcmd/protocol';
import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { serviceAs } from '../../test/alerts/world.ts';
import { startTestStore, type TestStore } from '../../test/store-fixture.ts';
import { serviceAvailability } from './queries.ts';
import { ServiceHistory } from './recorder.ts';

const HOUR_MS = 3_600_000;

/** Has something else happen as soon as so many questions to the store are answered. */
function afterAnswer(number: number, happens: () => Promise<void>): KyselyPlugin {
  let answers = 0;
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      answers += 1;
      if (answers === number) await happens();
      return result;
    },
  };
}

async function reportPlex(
  store: TestStore,
  history: ServiceHistory,
  change: Partial<Service>,
): Promise<void> {
  await store.within(({ append }) =>
    append({ type: 'service.changed', serverId: 'nas', actor: 'agent' }, async () => ({
      service: serviceAs('nas', 'plex', change),
    })),
  );
  await history.takeAll(await store.log.read(await history.cursor()));
}

test.each([1, 2, 3])(
  'no hour is missing from the availability when a change is written down after the store’s answer %i',
  async (answer) => {
    await using store = await startTestStore();
    const history = await ServiceHistory.open(store.db, store.log, { changesDays: 30, availabilityMs: 1e12 });
    await store.addServer('nas');
    await reportPlex(store, history, {});
    store.clock.advance(HOUR_MS);
    const stops = afterAnswer(answer, () =>
      reportPlex(store, history, { status: 'stopped', state_class: 'down' }),
    );
    const { days } = await serviceAvailability(
      { db: store.db.withPlugin(stops), clock: store.clock },
      { serverId: 'nas', serviceName: 'plex' },
      {},
    );
    expect(days).toMatchObject([{ running_ms: HOUR_MS }]);
  },
);
