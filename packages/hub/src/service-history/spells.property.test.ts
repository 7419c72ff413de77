import type { Service } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredEvent } from '../events/log.ts';
import { byDay, NO_TIME, sumOf, type Times } from './days.ts';
import { type Spell, SpellCounter } from './spells.ts';

const START_MS = Date.parse('2026-01-31T22:00:00.000Z');
const WORDS = ['running', 'failed', 'silent', 'heard', 'paused', 'counted'] as const;
const happening = fc.record({
  afterMs: fc.integer({ min: 0, max: 40_000_000 }),
  what: fc.constantFrom(...WORDS),
});

const service = (change: Partial<Service>) =>
  ({
    ...{ server_id: 'nas', target: 'systemd:plex.service', expected: true, enabled: true, stale: false },
    ...{ status: 'running', state_class: 'running', probe: null, probe_report: null, why: null },
    ...change,
  }) as Service;

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** What the log holds of all this, and for how long the service was how, by simply looking each time. */
function play(happenings: readonly Happening[]) {
  let nowMs = START_MS;
  let world = { status: 'running' as Service['status'], isHeard: true, enabled: true };
  const times = { running_ms: 0, down_ms: 0, unknown_ms: 0 };
  const events: StoredEvent[] = [];
  const tell = (type: StoredEvent['type'], data: object) =>
    events.push({
      ...{ id: events.length + 1, at: new Date(nowMs).toISOString(), type, serverId: 'nas', actor: 'hub' },
      dataJson: JSON.stringify(data),
    });
  const tellService = () => {
    const { status, enabled, isHeard } = world;
    tell('service.changed', { service: service({ status, enabled, stale: !isHeard }) });
  };
  tellService();
  for (const { afterMs, what } of happenings) {
    const seen = world.status === 'running' ? 'running_ms' : 'down_ms';
    if (world.enabled) times[world.isHeard ? seen : 'unknown_ms'] += afterMs;
    nowMs += afterMs;
    // Of a server that is silent nothing new is heard but what people decide.
    const isReport = what === 'running' || what === 'failed';
    if (isReport && !world.isHeard) continue;
    if (what === 'silent' || what === 'heard') {
      world = { ...world, isHeard: what === 'heard' };
      const liveness = world.isHeard ? 'online' : 'stale';
      tell('server.changed', { server: { liveness, last_seen_at: new Date(nowMs).toISOString() } });
    } else {
      world = isReport ? { ...world, status: what } : { ...world, enabled: what === 'counted' };
      tellService();
    }
  }
  return { events, times, nowMs };
}

/** What is counted of these events, so many at a time, and of the spell that lasts. */
function countedOf(events: readonly StoredEvent[], atOnce: number, nowMs: number): Times {
  const spells = new Map<string, Spell>();
  const counted: Times[] = [];
  for (let n = 0; n < events.length; n += atOnce) {
    const counter = new SpellCounter(spells);
    for (const event of events.slice(n, n + atOnce)) counter.take(event);
    for (const [key, spell] of counter.outcome.spells) {
      if (spell === null) spells.delete(key);
      else spells.set(key, spell);
    }
    counted.push(...[...counter.outcome.days.values()].map(({ times }) => times));
  }
  for (const { countedAs, sinceMs } of spells.values())
    counted.push(...byDay(countedAs, sinceMs, nowMs).map(([, times]) => times));
  return counted.reduce(sumOf, NO_TIME);
}

test('all time is counted once, as what it was: event by event, or many at a time', () => {
  const many = fc.array(happening, { maxLength: 40 });
  fc.assert(
    fc.property(many, fc.integer({ min: 1, max: 7 }), (happenings, atOnce) => {
      const { events, times, nowMs } = play(happenings);
      expect(countedOf(events, atOnce, nowMs)).toEqual(times);
    }),
    { numRuns: 500 },
  );
});

test('a spell is parted at midnight, in UTC; one that ends before it begins is none', () => {
  expect(byDay('running', START_MS, START_MS + 27 * 3_600_000)).toEqual([
    ['2026-01-31', { ...NO_TIME, running_ms: 2 * 3_600_000 }],
    ['2026-02-01', { ...NO_TIME, running_ms: 24 * 3_600_000 }],
    ['2026-02-02', { ...NO_TIME, running_ms: 3_600_000 }],
  ]);
  expect(byDay('down', START_MS, START_MS - 1)).toEqual([]);
  expect(byDay('not_counted', START_MS, START_MS + 1)).toEqual([]);
});
