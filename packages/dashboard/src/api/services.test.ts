import { LiveEvent, type Service } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import {
  actionTold,
  aFailedService,
  anAction,
  aServer,
  aService,
  serverChanged,
  serverDeleted,
  serviceChanged,
} from '../testing/things.ts';
import { reduceServices } from './services.ts';

const all = () => true;
const isExpected = (service: Service) => service.expected;
const plex = aService({ revision: 5 });
const nginx = aService({ service_name: 'nginx' });
const other = aService({ server_id: 'nas-01' });
const list = [plex, nginx, other];

test('the things of these tests are what the hub may say', () => {
  for (const fact of [
    serviceChanged(6, aFailedService()),
    serverChanged(6, aServer()),
    serverDeleted(6, 'media-01'),
    actionTold(6, 'action.requested', anAction()),
  ])
    expect(LiveEvent.safeParse(fact).error).toBeUndefined();
});

test('a newer copy takes its place, and every other row stays the very same', () => {
  const next = reduceServices(list, serviceChanged(6, aFailedService()), all);
  expect(next.map((service) => service.status)).toEqual(['failed', 'running', 'running']);
  expect(next[1]).toBe(nginx);
  expect(next[2]).toBe(other);
});

test('an older copy never replaces a newer one', () => {
  expect(reduceServices(list, serviceChanged(4, aFailedService()), all)).toBe(list);
  expect(reduceServices(list, serviceChanged(5, aFailedService()), all)).toBe(list);
});

test('one that is new to the list is added when it belongs there', () => {
  const discovered = aService({ service_name: 'cron', expected: false });
  expect(reduceServices(list, serviceChanged(6, discovered), all)).toHaveLength(4);
  expect(reduceServices(list, serviceChanged(6, discovered), isExpected)).toBe(list);
});

test('one that no longer belongs leaves the list', () => {
  const next = reduceServices(list, serviceChanged(6, { ...plex, expected: false }), isExpected);
  expect(next).toEqual([nginx, other]);
});

test('one that was removed leaves the list', () => {
  const fact: LiveEvent = {
    ...serviceChanged(6, plex),
    server_id: 'media-01',
    type: 'service.removed',
    data: { service_name: 'plex', target: plex.target },
  };
  expect(reduceServices(list, fact, all)).toEqual([nginx, other]);
});

test('a deleted server takes its services along', () => {
  expect(reduceServices(list, serverDeleted(6, 'media-01'), all)).toEqual([other]);
});

test('the services of a silent server are stale, and are current again with it', () => {
  const stale = reduceServices(list, serverChanged(6, aServer({ liveness: 'stale' })), all);
  expect(stale.map((service) => service.stale)).toEqual([true, true, false]);
  const back = reduceServices(stale, serverChanged(7, aServer({ liveness: 'online' })), all);
  expect(back.map((service) => service.stale)).toEqual([false, false, false]);
});

test('a server that only changed its name leaves the list as it is', () => {
  expect(reduceServices(list, serverChanged(6, aServer({ display_name: 'Media' })), all)).toBe(list);
});

test('an open action marks its service, and its end unmarks it', () => {
  const asked = reduceServices(list, actionTold(6, 'action.requested', anAction()), all);
  expect(asked.map((service) => service.open_action_id)).toEqual([42, null, null]);
  const moved = reduceServices(
    asked,
    actionTold(7, 'action.approved', anAction({ status: 'approved' })),
    all,
  );
  expect(moved).toBe(asked);
  const ended = reduceServices(
    asked,
    actionTold(8, 'action.rejected', anAction({ status: 'rejected' })),
    all,
  );
  expect(ended[0]?.open_action_id).toBeNull();
});

test('the end of an older action does not unmark a newer one', () => {
  const marked = [{ ...plex, open_action_id: 43 }];
  expect(reduceServices(marked, actionTold(8, 'action.expired', anAction({ status: 'expired' })), all)).toBe(
    marked,
  );
});

test('a fact of a key is none of theirs', () => {
  const fact: LiveEvent = {
    ...serverDeleted(6, 'media-01'),
    type: 'key.created',
    server_id: null,
    data: { key_id: 'key_1', name: 'nightly report' },
  };
  expect(reduceServices(list, fact, all)).toBe(list);
});
