import { expect, test } from 'vitest';
import {
  aDiscovered,
  aFailedService,
  aService,
  serverDeleted,
  serviceChanged,
} from '../../testing/things.ts';
import { reduceDiscovered } from './discovered.ts';

const nginx = aDiscovered({ service_name: 'nginx', rank: 'installed', rank_reason: 'starts at boot' });
const list = [aDiscovered(), nginx];
const reduce = (fact: Parameters<typeof reduceDiscovered>[1]) => reduceDiscovered(list, fact, 'media-01');

test('a service that is expected now leaves the list', () => {
  expect(reduce(serviceChanged(6, aService()))).toEqual([nginx]);
});

test('one that changed keeps its rank, and an older copy changes nothing', () => {
  const failed = aFailedService({ service_name: 'nginx', expected: false });
  expect(reduce(serviceChanged(6, failed))[1]).toMatchObject({ status: 'failed', rank: 'installed' });
  expect(reduce(serviceChanged(1, failed))).toBe(list);
});

test('one that is new waits for the hub to rank it', () => {
  expect(reduce(serviceChanged(6, aService({ service_name: 'new', expected: false })))).toBe(list);
});

test('a removed service leaves the list, and a deleted server empties it', () => {
  const removed = {
    ...serviceChanged(6, nginx),
    server_id: 'media-01',
    type: 'service.removed',
    data: { service_name: 'nginx', target: nginx.target },
  } as const;
  expect(reduce(removed)).toHaveLength(1);
  expect(reduce(serverDeleted(7, 'media-01'))).toEqual([]);
});

test('facts of other servers leave it as it is', () => {
  expect(reduce(serviceChanged(6, aService({ server_id: 'nas-01' })))).toBe(list);
});
