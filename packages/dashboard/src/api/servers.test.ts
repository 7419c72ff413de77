import { NO_READINGS, type ServerMetrics } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { aServer, aService, serverChanged, serverDeleted, serviceChanged } from '../testing/things.ts';
import { makeQueryClient } from './query-client.ts';
import { keepReading, reduceServer, reduceServers } from './servers.ts';

const media = aServer({ revision: 5 });
const nas = aServer({ server_id: 'nas-01' });
const servers = [media, nas];

test('a server that went offline is so at once; the others stay the very same', () => {
  const next = reduceServers(servers, serverChanged(6, { ...media, liveness: 'offline' }));
  expect(next[0]?.liveness).toBe('offline');
  expect(next[1]).toBe(nas);
});

test('a copy that came late, and facts about other things, change nothing', () => {
  expect(reduceServers(servers, serverChanged(4, { ...media, liveness: 'offline' }))).toBe(servers);
  expect(reduceServers(servers, serviceChanged(6, aService()))).toBe(servers);
  expect(reduceServer(media, serverChanged(6, nas))).toBe(media);
});

test('a new server is added and a deleted one is gone', () => {
  expect(reduceServers(servers, serverChanged(6, aServer({ server_id: 'new-01' })))).toHaveLength(3);
  expect(reduceServers(servers, serverDeleted(6, 'media-01'))).toEqual([nas]);
});

test('an older reading never replaces a newer one', () => {
  const client = makeQueryClient(() => undefined);
  const reading = (at: string): ServerMetrics => ({
    server_id: 'media-01',
    at,
    sample: { ...NO_READINGS, cpu_percent: 1 },
    services: [],
  });
  keepReading(client, reading('2026-11-22T09:00:10.000Z'));
  keepReading(client, reading('2026-11-22T09:00:00.000Z'));
  expect(client.getQueryData<ServerMetrics>(['reading', 'media-01'])?.at).toBe('2026-11-22T09:00:10.000Z');
});
