import { expect, test } from 'vitest';
import { aFailedService, anAction, anAlert, aServer, aService, aWhy } from '../../testing/things.ts';
import { countHealthy, needsOf, toneOf } from './needs-you.ts';
import { sentenceOf } from './sentence.ts';

const server = aServer();
const offline = aServer({ server_id: 'pi-garage', liveness: 'offline' });
const pending = anAction();

const fleet = (over: Partial<Parameters<typeof needsOf>[0]> = {}) => ({
  servers: [server],
  expected: [aService()],
  openActions: [],
  openAlerts: [],
  ...over,
});

test('a well fleet needs nobody', () => {
  const needs = needsOf(fleet());
  expect(needs).toEqual([]);
  expect(toneOf(needs)).toBe('well');
  expect(sentenceOf(1, 1, needs)).toEqual({ state: '1 of 1 server healthy.', need: 'Nothing needs you.' });
});

test('a failed service and the restart that was asked for it are one thing', () => {
  const needs = needsOf(fleet({ expected: [aFailedService()], openActions: [pending] }));
  expect(needs).toHaveLength(1);
  expect(needs[0]).toMatchObject({ kind: 'service', action: { action_id: 42 } });
  expect(sentenceOf(11, 12, needs)).toEqual({
    state: '11 of 12 servers healthy.',
    need: '1 service needs you.',
  });
});

test('a pending restart of a service that runs is a decision of its own', () => {
  const needs = needsOf(fleet({ openActions: [pending] }));
  expect(sentenceOf(1, 1, needs).need).toBe('1 decision needs you.');
  expect(toneOf(needs)).toBe('well');
});

test('what is under way needs nobody, what is unknown does', () => {
  expect(needsOf(fleet({ openActions: [anAction({ status: 'executing' })] }))).toEqual([]);
  expect(toneOf(needsOf(fleet({ openActions: [anAction({ status: 'unknown' })] })))).toBe('warn');
});

test('things of several kinds are counted together', () => {
  const needs = needsOf(fleet({ servers: [server, offline], expected: [aFailedService()] }));
  expect(sentenceOf(1, 2, needs).need).toBe('2 things need you.');
});

test('worst first, then oldest', () => {
  const critical = aFailedService({ service_name: 'db', critical: true });
  const older = aFailedService({ service_name: 'old', since: '2026-11-21T00:00:00.000Z' });
  const newer = aFailedService({ service_name: 'new', since: '2026-11-22T00:00:00.000Z' });
  const stopped = aService({
    service_name: 'idle',
    status: 'stopped',
    state_class: 'down',
    why: aWhy({ result: 'success' }),
  });
  const needs = needsOf(
    fleet({
      servers: [server, offline],
      expected: [stopped, newer, critical, older],
      openActions: [anAction({ target: 'systemd:x.service' })],
    }),
  );
  expect(needs.map(({ key }) => key)).toEqual([
    'need service media-01 systemd:db.service',
    'need service media-01 systemd:old.service',
    'need service media-01 systemd:new.service',
    'need server pi-garage',
    'need service media-01 systemd:idle.service',
    'need action 42',
  ]);
});

test('what was known of a silent server is not counted as current', () => {
  expect(needsOf(fleet({ expected: [aFailedService({ stale: true })] }))).toEqual([]);
});

test('a service that nobody expects to run, or is not watched, needs nobody', () => {
  expect(needsOf(fleet({ expected: [aFailedService({ enabled: false })] }))).toEqual([]);
});

test('a server in maintenance that is offline needs nobody', () => {
  const servers = [{ ...offline, maintenance: { on: true, until: null, reason: null } }];
  expect(needsOf(fleet({ servers }))).toEqual([]);
});

test.each([
  ['online and well', server, [aService()], 1],
  ['a service that is not critical failed', server, [aFailedService()], 1],
  ['a critical service failed', server, [aFailedService({ critical: true })], 0],
  ['silent', aServer({ liveness: 'stale' }), [], 0],
  ['never seen', aServer({ liveness: 'never_seen' }), [], 0],
])('healthy: %s', (_, one, expected, healthy) => {
  expect(countHealthy(fleet({ servers: [one], expected }))).toBe(healthy);
});

test('a failed service and its alert are one thing, and what is about nothing that stands here is one more', () => {
  const ofService = anAlert();
  const disk = anAlert({ alert_id: 6, kind: 'disk_high', severity: 'warning', subject: '/' });
  const needs = needsOf(fleet({ expected: [aFailedService()], openAlerts: [ofService, disk] }));
  expect(needs.map(({ key }) => key)).toEqual(['need service media-01 systemd:plex.service', 'need alert 6']);
  expect(sentenceOf(1, 1, needs).need).toBe('2 things need you.');
});

test('an offline server and its alert are one thing', () => {
  const alert = anAlert({ kind: 'server_offline', server_id: 'pi-garage', subject: null });
  const needs = needsOf(fleet({ servers: [offline], openAlerts: [alert] }));
  expect(needs.map(({ kind }) => kind)).toEqual(['server']);
});

test('an action whose outcome is unknown and its alert are one thing', () => {
  const alert = anAlert({ kind: 'action_unknown', action_id: 42 });
  const needs = needsOf(fleet({ openActions: [anAction({ status: 'unknown' })], openAlerts: [alert] }));
  expect(needs.map(({ kind }) => kind)).toEqual(['action']);
});

test('what somebody looks after, or is silenced, needs nobody; a decision about it still does', () => {
  const expected = [aFailedService()];
  const acknowledged = anAlert({
    state: 'acknowledged',
    acknowledged: { at: '2026-11-22T09:40:00.000Z', by: 'kim', note: null },
  });
  const silenced = anAlert({ silenced: { by: 'kim', until: null, reason: null } });
  expect(needsOf(fleet({ expected, openAlerts: [acknowledged] }))).toEqual([]);
  expect(toneOf(needsOf(fleet({ expected, openAlerts: [silenced] })))).toBe('well');
  const asked = needsOf(fleet({ expected, openAlerts: [acknowledged], openActions: [pending] }));
  expect(asked.map(({ kind }) => kind)).toEqual(['action']);
});

test('what is held back needs nobody, and an alert of what runs again is not told for the moment until the hub says so', () => {
  const held = anAlert({ suppressed: { cause_alert_id: 1, reason: 'pi-garage is offline.' } });
  expect(needsOf(fleet({ openAlerts: [held] }))).toEqual([]);
  expect(needsOf(fleet({ openAlerts: [anAlert()] }))).toEqual([]);
  expect(needsOf(fleet({ openAlerts: [anAlert({ flapping: true })] }))).toHaveLength(1);
});

test('a critical alert by itself makes the line bad, a warning makes it warn', () => {
  const disk = anAlert({ kind: 'disk_high', subject: '/' });
  expect(toneOf(needsOf(fleet({ openAlerts: [disk] })))).toBe('bad');
  expect(toneOf(needsOf(fleet({ openAlerts: [{ ...disk, severity: 'warning' }] })))).toBe('warn');
  expect(toneOf(needsOf(fleet({ openAlerts: [{ ...disk, severity: 'info' }] })))).toBe('well');
});
