import type { Policy } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asIfReal, effectiveOf, isWithin, type Scene, scopeOf } from './effective.ts';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const at = (offsetMs: number) => new Date(NOW + offsetMs).toISOString();

const aPolicy = (change: Partial<Policy> = {}): Policy => ({
  name: 'one',
  server_id: 'nas',
  service_name: 'plex',
  target: 'systemd:plex.service',
  mode: 'auto',
  expires_at: at(1000),
  expired: false,
  hours: null,
  shadow: false,
  remediate: false,
  wait_ms: 30_000,
  changed_at: at(-1000),
  changed_by: 'kim',
  paused: null,
  noted: null,
  ...change,
});
const scene = (policies: Policy[], change: Partial<Scene> = {}): Scene => ({
  policies,
  serverId: 'nas',
  target: 'systemd:plex.service',
  nowMs: NOW,
  isInMaintenance: false,
  ...change,
});

const place = fc.constantFrom(
  { server_id: null, service_name: null, target: null },
  { server_id: 'nas', service_name: null, target: null },
  { server_id: 'attic', service_name: null, target: null },
  { server_id: 'nas', service_name: 'plex', target: 'systemd:plex.service' },
  { server_id: 'nas', service_name: 'web', target: 'systemd:web.service' },
);
const policy = fc
  .record({
    place,
    mode: fc.constantFrom<Policy['mode']>('manual', 'auto', 'two_person'),
    endsInMs: fc.option(fc.integer({ min: -5000, max: 5000 })),
    shadow: fc.boolean(),
    isPaused: fc.boolean(),
  })
  .map(({ place: where, mode, endsInMs, shadow, isPaused }) =>
    aPolicy({
      ...where,
      mode,
      shadow: shadow && mode !== 'two_person',
      expires_at: endsInMs === null ? null : at(endsInMs),
      paused: isPaused ? { at: at(0), because: 'it failed' } : null,
    }),
  );
/** One real policy and one in shadow for each scope, as the store holds them. */
const policies = fc.uniqueArray(policy, {
  maxLength: 8,
  selector: (one) => `${scopeOf(one.server_id, one.target)} ${one.shadow}`,
});

test('the narrowest policy that has not ended wins, whatever others there are', () => {
  fc.assert(
    fc.property(policies, fc.boolean(), (given, isInMaintenance) => {
      const { policy: winner, mode } = effectiveOf(scene(given, { isInMaintenance }));
      const rank = (one: Policy) => (one.target !== null ? 2 : one.server_id !== null ? 1 : 0);
      const about = given.filter(
        (one) =>
          !one.shadow &&
          (one.server_id === null || one.server_id === 'nas') &&
          (one.target === null || one.target === 'systemd:plex.service') &&
          (one.expires_at === null || Date.parse(one.expires_at) > NOW),
      );
      const best = about.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
      expect(winner).toBe(best);
      if (best === null) expect(mode).toBe('manual');
      else if (best.mode === 'auto')
        expect(mode).toBe(isInMaintenance || best.paused !== null ? 'manual' : 'auto');
      else expect(mode).toBe(best.mode);
    }),
  );
});

test('a policy in shadow changes nothing of what holds', () => {
  fc.assert(
    fc.property(policies, (given) => {
      const real = given.filter((one) => !one.shadow);
      const { mode, policy: winner, why } = effectiveOf(scene(given));
      expect({ mode, policy: winner, why, shadow: null }).toEqual(effectiveOf(scene(real)));
    }),
  );
});

test('each place has one scope of its own, and the narrowest policy of two is found by it', () => {
  expect([scopeOf(null, null), scopeOf('nas', null), scopeOf('nas', 'systemd:plex.service')]).toEqual([
    'fleet',
    'server nas',
    'service nas systemd:plex.service',
  ]);
});

test.each<[string, Partial<Policy>, string]>([
  [
    'of the fleet',
    { server_id: null, service_name: null, target: null },
    'The policy one of the whole fleet ',
  ],
  ['of a server', { service_name: null, target: null }, 'The policy one of the server nas '],
  ['of a service', {}, 'The policy one of this service '],
])('a policy %s says whose it is', (_what, change, words) => {
  expect(effectiveOf(scene([aPolicy({ ...change, mode: 'manual' })])).why).toContain(words);
});

test('a policy holds until the very moment of its end, and one without an end for ever; one in shadow is named', () => {
  expect(effectiveOf(scene([aPolicy({ expires_at: at(0) })])).policy).toBeNull();
  expect(effectiveOf(scene([aPolicy({ expires_at: at(1) })])).mode).toBe('auto');
  expect(effectiveOf(scene([aPolicy({ expires_at: null })], { nowMs: 9e14 })).mode).toBe('auto');
  const shadow = aPolicy({ shadow: true });
  expect(effectiveOf(scene([shadow, aPolicy({ name: 'real' })])).shadow).toBe(shadow);
});

test('in shadow a policy is judged as if it were real, and loses to a narrower one', () => {
  const shadow = aPolicy({ shadow: true, service_name: null, target: null });
  expect(asIfReal(shadow, scene([shadow]))?.mode).toBe('auto');
  const server = aPolicy({ name: 'server', mode: 'manual', service_name: null, target: null });
  expect(asIfReal(shadow, scene([shadow, server]))?.mode).toBe('auto');
  const narrower = aPolicy({ name: 'narrower', mode: 'manual' });
  expect(asIfReal(shadow, scene([shadow, narrower]))).toBeNull();
});

test.each([
  ['2026-06-01T20:29:59.000Z', false],
  ['2026-06-01T20:30:00.000Z', true],
  ['2026-06-02T03:59:59.000Z', true],
  ['2026-06-02T04:00:00.000Z', false],
  // In winter the same hours are an hour later by the hub's clock.
  ['2026-12-01T20:30:00.000Z', false],
  ['2026-12-01T21:30:00.000Z', true],
])('hours over midnight are those of the clock on the wall there: %s', (moment, isAllowed) => {
  const hours = { from: '22:30', to: '06:00', time_zone: 'Europe/Berlin' };
  expect(isWithin(hours, Date.parse(moment))).toBe(isAllowed);
});

test.each([
  ['2026-06-01T07:59:59.000Z', false],
  ['2026-06-01T08:00:00.000Z', true],
  ['2026-06-01T16:59:59.000Z', true],
  ['2026-06-01T17:00:00.000Z', false],
])('hours of one day begin with the first and end before the last: %s', (moment, isAllowed) => {
  expect(isWithin({ from: '08:00', to: '17:00', time_zone: 'UTC' }, Date.parse(moment))).toBe(isAllowed);
});

test('hours from a moment to the same are the whole day', () => {
  expect(isWithin({ from: '08:00', to: '08:00', time_zone: 'UTC' }, NOW)).toBe(true);
});

test('outside its hours, paused, or in maintenance an automatic policy leaves it to a person, and says why', () => {
  const hours = { from: '01:00', to: '02:00', time_zone: 'UTC' };
  expect(effectiveOf(scene([aPolicy({ hours })]))).toMatchObject({
    mode: 'manual',
    why: 'The policy one of this service would approve by itself, but these are not its hours. A person approves.',
  });
  expect(effectiveOf(scene([aPolicy()], { isInMaintenance: true })).why).toContain('in maintenance');
});
