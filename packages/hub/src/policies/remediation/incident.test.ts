import type { Service } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failedReport } from '../../../test/agent-fixture.ts';
import { REMEDIATION } from '../limits.ts';
import { held, type Incident, isDownByFault, nextIncident, tried } from './incident.ts';

const seen = (nowMs: number, isDown: boolean, action: 'open' | 'over' | 'declined' = 'over') => ({
  ...{ nowMs, isDown, action },
  waitMs: 30_000,
});

test('it waits, tries, waits longer each time, and stops after the third try', () => {
  const dues: (number | null)[] = [];
  let incident = nextIncident(null, seen(0, true));
  for (let n = 1; n <= 3; n += 1) {
    if (incident === null) throw new Error('it is down');
    dues.push(incident.dueMs);
    const nowMs = incident.dueMs ?? 0;
    incident = nextIncident(tried(incident, n, nowMs), seen(nowMs, true));
  }
  expect(dues).toEqual([30_000, 150_000, 750_000]);
  expect(incident).toMatchObject({ state: 'stopped', reason: 'It is down again after 3 tries.' });
});

test('a service that stays well for an hour has a new beginning; one that falls sooner has not', () => {
  const first = nextIncident(null, seen(0, true));
  if (first === null) throw new Error('it is down');
  const resting = nextIncident(tried(first, 7, 30_000), seen(40_000, false));
  expect(resting).toMatchObject({ state: 'resting', tries: 1, dueMs: 40_000 + REMEDIATION.restMs });
  expect(nextIncident(resting, seen(100_000, true))).toMatchObject({ state: 'waiting', tries: 1 });
  expect(nextIncident(resting, seen(40_000 + REMEDIATION.restMs, false))).toBeNull();
});

test('what a guard holds back is looked at again later; in shadow a try is over at once', () => {
  const first = nextIncident(null, seen(0, true));
  if (first === null) throw new Error('it is down');
  expect(first).toEqual({ state: 'waiting', tries: 0, dueMs: 30_000, actionId: null, reason: null });
  expect(held(first, 30_000)).toEqual({ ...first, dueMs: 30_000 + REMEDIATION.heldMs });
  expect(nextIncident(first, seen(99, true))).toBe(first);
  expect(tried(first, null, 30_000)).toEqual({
    ...{ state: 'waiting', tries: 1, dueMs: 30_000 + 120_000 },
    ...{ actionId: null, reason: null },
  });
  // Who never rests has no hour to wait for.
  const endless: Incident = { ...first, state: 'resting', dueMs: null };
  expect(nextIncident(endless, seen(9e12, false))).toBe(endless);
});

test('a person who says no ends it, and a service that comes up by itself was never an incident', () => {
  const first = nextIncident(null, seen(0, true));
  if (first === null) throw new Error('it is down');
  expect(nextIncident(first, seen(10, false))).toBeNull();
  const acting = tried(first, 7, 30_000);
  expect(nextIncident(acting, seen(31_000, true, 'open'))).toBe(acting);
  expect(nextIncident(acting, seen(31_000, true, 'declined'))).toMatchObject({ state: 'stopped' });
});

test('whatever happens, there are never more than three tries without an hour of health between them', () => {
  const happening = fc.record({
    byMs: fc.integer({ min: 0, max: 20 * 60_000 }),
    // Mostly down: the tries must be used up, and more than once.
    isDown: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn > 0),
    action: fc.constantFrom<'open' | 'over'>('open', 'over'),
    isHeld: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 80, size: 'max' }), (happenings) => {
      let nowMs = 0;
      let incident: Incident | null = null;
      let tries: number[] = [];
      let downAt = 0;
      for (const { byMs, isDown, action, isHeld } of happenings) {
        nowMs += byMs;
        const before: Incident | null = incident;
        incident = nextIncident(before, { ...seen(nowMs, isDown), action });
        if (incident === null) tries = [];
        if (isDown) downAt = nowMs;
        if (incident === null && before !== null && before.tries > 0)
          expect(nowMs - downAt).toBeGreaterThanOrEqual(REMEDIATION.restMs);
        if (incident?.state !== 'waiting' || (incident.dueMs ?? 0) > nowMs) continue;
        if (isHeld) incident = held(incident, nowMs);
        else {
          incident = tried(incident, 1, nowMs);
          tries.push(nowMs);
        }
        expect(tries.length).toBeLessThanOrEqual(REMEDIATION.tries);
      }
    }),
  );
});

test.each<[string, Partial<Service>, boolean]>([
  ['a service that failed', {}, true],
  ['one that nobody expects', { expected: false }, false],
  ['one that is not to be minded', { enabled: false }, false],
  ['one of a silent server', { stale: true }, false],
  ['one in a crash loop', { state_class: 'crash_loop' }, false],
  ['one that systemd is starting', { status: 'activating' }, false],
  ['one that runs', { status: 'running' }, false],
  ['one that is gone', { status: 'not_found' }, false],
  ['one that failed, nobody knows why', { why: null }, true],
  ['one that stopped, nobody knows why', { status: 'stopped', why: null }, false],
])('is it down by a fault: %s', (_what, change, isFault) => {
  const { why } = failedReport('plex.service');
  const target = 'systemd:plex.service';
  const service = {
    target,
    expected: true,
    enabled: true,
    stale: false,
    status: 'failed',
    state_class: 'down',
    why,
  };
  expect(isDownByFault({ ...service, ...change } as Service)).toBe(isFault);
});

test.each([
  ['stopped', 'success', null, false, false],
  ['stopped', 'exec-condition', null, false, false],
  ['stopped', 'timeout', null, false, true],
  ['failed', 'exit-code', 1, false, true],
  ['failed', 'exit-code', 143, false, false],
  ['failed', '', null, false, true],
  ['failed', 'success', 0, false, true],
  ['failed', 'exit-code', 1, true, false],
] as const)(
  'a service that is %s with %s (code %s, systemd will retry: %s) is down by a fault: %s',
  (...given) => {
    const [status, result, exit_code, will_retry, isFault] = given;
    const why = { ...failedReport('plex.service').why, result, exit_code, will_retry };
    const target = 'systemd:plex.service';
    const service = { target, expected: true, enabled: true, stale: false, status, state_class: 'down', why };
    expect(isDownByFault(service as Service)).toBe(isFault);
  },
);
