import { expect, test } from 'vitest';
import type { DayMark, FleetDay, LiveEvent } from '@homelabcmd/protocol';
import {
  AT,
  actionTold,
  aFailedService,
  anAction,
  aServer,
  aService,
  serverChanged,
  serverDeleted,
  serviceChanged,
} from '../../testing/things.ts';
import { outdatesDay } from './day.ts';

const mark = (over: Partial<DayMark>): DayMark => ({
  event_id: 1,
  kind: 'service_down',
  at: AT,
  until: null,
  server_id: 'media-01',
  service_name: 'plex',
  action_id: null,
  detail: 'Failed',
  ...over,
});
const day = (...marks: DayMark[]): FleetDay => ({ from: AT, to: AT, marks });
const offline = aServer({ liveness: 'offline' });
const isOffline = mark({ kind: 'server_offline', service_name: null });

test.each<[string, FleetDay, LiveEvent, boolean]>([
  ['a service failed', day(), serviceChanged(2, aFailedService()), true],
  ['it changed and is still down', day(mark({})), serviceChanged(2, aFailedService()), false],
  ['it runs again', day(mark({})), serviceChanged(2, aService()), true],
  ['a running one changed', day(), serviceChanged(2, aService()), false],
  ['a server went offline', day(), serverChanged(2, offline), true],
  ['it is offline still', day(isOffline), serverChanged(2, offline), false],
  ['it is back', day(isOffline), serverChanged(2, aServer()), true],
  ['it is silent for now', day(), serverChanged(2, aServer({ liveness: 'stale' })), false],
  ['a restart ended', day(), actionTold(2, 'action.completed', anAction()), true],
  ['a restart was asked for', day(), actionTold(2, 'action.requested', anAction()), false],
  ['a server with marks was removed', day(mark({})), serverDeleted(2, 'media-01'), true],
  ['a server without marks was removed', day(mark({})), serverDeleted(2, 'nas-01'), false],
])('the marks of the day are read again where a fact changes them: %s', (_, known, fact, outdated) => {
  expect(outdatesDay(known, fact)).toBe(outdated);
});
