import type { Service } from '@homelabcmd/protocol';
import { expect, test, vi } from 'vitest';
import { aFailedService, aService, serviceChanged } from '../../testing/things.ts';
import { makeQueryClient } from '../query-client.ts';
import { reduceServices } from '../services.ts';
import { factLogOf } from './fact-log.ts';
import { applyFact, liveQuery, refreshOlderThan } from './live-query.ts';

type Services = readonly Service[];

const running = [aService()];
const failed = (id: number) => serviceChanged(id, aFailedService());

function setUp(read: () => Promise<{ body: Services; asOf: number }>) {
  const client = makeQueryClient(() => undefined);
  const query = liveQuery<Services>({
    key: ['services'],
    read,
    reduce: (services, fact) => reduceServices(services, fact, () => true),
  });
  return { client, query, log: factLogOf(client) };
}

test('a fact that came while the answer was on its way is applied to the answer', async () => {
  const answer = Promise.withResolvers<{ body: Services; asOf: number }>();
  const { client, query, log } = setUp(() => answer.promise);
  log.begin(100);
  const reading = client.fetchQuery(query);
  log.add(failed(101));
  applyFact(client, failed(101));
  answer.resolve({ body: running, asOf: 100 });
  expect((await reading)[0]?.status).toBe('failed');
});

test('a fact that the answer already includes is not applied again', async () => {
  const { client, query, log } = setUp(async () => ({ body: [aService({ revision: 102 })], asOf: 102 }));
  log.begin(100);
  log.add(failed(101));
  expect((await client.fetchQuery(query))[0]?.status).toBe('running');
});

test('an answer that is older than the facts that are kept is asked for again', async () => {
  const read = vi
    .fn<() => Promise<{ body: Services; asOf: number }>>()
    .mockResolvedValueOnce({ body: [], asOf: 90 })
    .mockResolvedValue({ body: running, asOf: 100 });
  const { client, query, log } = setUp(read);
  log.begin(100);
  expect(await client.fetchQuery(query)).toEqual(running);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a fact goes into the answers that it concerns and leaves the others the very same', async () => {
  const { client, query } = setUp(async () => ({ body: running, asOf: 100 }));
  await client.fetchQuery(query);
  applyFact(
    client,
    serviceChanged(101, { ...aFailedService(), server_id: 'nas-01', target: 'systemd:x.service' }),
  );
  const before = client.getQueryData<Services>(['services']);
  expect(before?.[0]).toBe(running[0]);
  applyFact(client, failed(102));
  expect(client.getQueryData<Services>(['services'])?.[0]?.status).toBe('failed');
});

test('when the stream begins, what was read before its first event is read again, and the rest is not', async () => {
  const read = vi.fn<() => Promise<{ body: typeof running; asOf: number }>>(async () => ({
    body: running,
    asOf: 100,
  }));
  const { client, query } = setUp(read);
  await client.fetchQuery(query);
  refreshOlderThan(client, 100);
  expect(client.getQueryState(['services'])?.isInvalidated).toBe(false);
  refreshOlderThan(client, 101);
  expect(client.getQueryState(['services'])?.isInvalidated).toBe(true);
});
