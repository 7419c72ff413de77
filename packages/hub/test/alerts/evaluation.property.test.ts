import type { Alert } from '@homelabcmd/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settle } from '../../src/alerts/core/settle.ts';
import { acknowledge, silence, unacknowledge } from '../../src/alerts/people.ts';
import { FAILED, World } from './world.ts';

const SERVERS = ['a', 'b', 'c', 'd', 'e'];
const SERVICES = ['plex', 'web', 'db', 'mail'];

const happening = fc.oneof(
  fc.record({
    do: fc.constant('service' as const),
    server: fc.constantFrom(...SERVERS),
    name: fc.constantFrom(...SERVICES),
    isDown: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('server' as const),
    server: fc.constantFrom(...SERVERS),
    liveness: fc.constantFrom('online' as const, 'stale' as const, 'offline' as const),
    isInMaintenance: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
  }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20 * 60_000 }) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  fc.record({ do: fc.constant('begin' as const) }),
  fc.record({ do: fc.constant('look after' as const), n: fc.nat(5), isTakenBack: fc.boolean() }),
  fc.record({
    do: fc.constant('silence' as const),
    server: fc.constantFrom(null, ...SERVERS),
    ms: fc.integer({ min: 1000, max: 3_600_000 }),
  }),
  fc.record({ do: fc.constant('remove' as const), server: fc.constantFrom(...SERVERS) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function happen(world: World, what: Happening): void {
  switch (what.do) {
    case 'service':
      return world.service(what.server, what.name, what.isDown ? FAILED : {});
    case 'server': {
      const maintenance = { on: what.isInMaintenance, until: null, reason: null };
      return world.server(what.server, { liveness: what.liveness, maintenance });
    }
    case 'pass':
      return world.pass(what.ms);
    case 'begin':
      return world.begin();
    case 'look after': {
      const alert = world.open.filter(({ state }) => state !== 'pending')[what.n];
      if (alert === undefined) return;
      const about = { alertId: alert.alert_id, actor: 'kim', note: null };
      return world.change(
        (draft) => void (what.isTakenBack ? unacknowledge : acknowledge)(draft, world.nowMs, about),
      );
    }
    case 'silence':
      return world.change((draft) => {
        if (what.server !== null && draft.get('servers', what.server) === null) return;
        const until = new Date(world.nowMs + what.ms).toISOString();
        const wish = { server_id: what.server, tag: null, kind: null, subject: null, until, reason: 'so' };
        silence(draft, world.nowMs, 'kim', wish);
        settle(draft, world.nowMs);
      });
    case 'remove':
      return world.fact('server.deleted', what.server, {});
  }
}

/** What must hold of all that was told, from the first to the last. */
function assertSound(world: World): void {
  const known = new Map<number, Alert>();
  const fired = new Set<number>();
  const over = new Set<number>();
  for (const one of world.told) {
    if (!('alert' in one)) continue;
    const { alert, type } = one;
    expect(over.has(alert.alert_id), `${type} of an alert that is over`).toBe(false);
    known.set(alert.alert_id, alert);
    if (alert.suppressed !== null) expect(known.has(alert.suppressed.cause_alert_id)).toBe(true);
    if (type === 'alert.fired') {
      expect(fired.has(alert.alert_id), 'fired twice').toBe(false);
      fired.add(alert.alert_id);
    }
    if (['alert.fired', 'alert.repeated', 'alert.escalated'].includes(type))
      expect([alert.suppressed, alert.silenced]).toEqual([null, null]);
    if (type === 'alert.resolved' || type === 'alert.forgotten') over.add(alert.alert_id);
  }
  const names = world.open.map((alert) => `${alert.kind} ${alert.server_id} ${alert.subject}`);
  expect(new Set(names).size).toBe(names.length);
  for (const alert of world.open) {
    const held = world.open.filter(({ suppressed }) => suppressed?.cause_alert_id === alert.alert_id).length;
    expect(alert.held_back).toBe(held);
    expect(over.has(alert.alert_id)).toBe(false);
  }
}

const RUNS = { numRuns: 300 };

test('whatever happens, each alert is told once, has a cause that is known, and none is open twice', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
      const world = new World(SERVERS);
      for (const what of happenings) {
        happen(world, what);
        assertSound(world);
      }
      const ids = world.open.map(({ alert_id }) => alert_id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    RUNS,
  );
});

test('a restart at any point changes nothing of what is told', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(happening, fc.boolean()), { maxLength: 60, size: 'max' }), (happenings) => {
      const steady = new World(SERVERS);
      const restarted = new World(SERVERS);
      for (const [what, isRestarted] of happenings) {
        happen(steady, what);
        happen(restarted, what);
        if (isRestarted) restarted.restart();
      }
      expect(restarted.told).toEqual(steady.told);
    }),
    RUNS,
  );
});

test('a second look at the same moment finds nothing new', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
      const world = new World(SERVERS);
      for (const what of happenings) {
        happen(world, what);
        world.change((draft) => settle(draft, world.nowMs));
        const told = world.told.length;
        world.change((draft) => settle(draft, world.nowMs));
        expect(world.told.slice(told)).toEqual([]);
      }
    }),
    RUNS,
  );
});

test('when all is well for long enough, no alert is open', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
      const world = new World(SERVERS);
      for (const what of happenings) happen(world, what);
      for (const server of SERVERS) {
        world.server(server, {});
        for (const name of SERVICES) world.service(server, name, {});
      }
      world.pass(2 * 3_600_000);
      expect(world.open).toEqual([]);
    }),
    RUNS,
  );
});

test('what is down for long on a server that is heard from is told, however it came to be', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
      const world = new World(SERVERS);
      for (const what of happenings) happen(world, what);
      for (const server of SERVERS) {
        world.server(server, {});
        for (const name of SERVICES) world.service(server, name, name === 'web' ? FAILED : {});
      }
      world.pass(2 * 3_600_000);
      expect(world.open.map(({ server_id, subject }) => `${server_id} ${subject}`).sort()).toEqual(
        SERVERS.map((server) => `${server} web`),
      );
      for (const alert of world.open) {
        expect(alert).toMatchObject({ suppressed: null, silenced: null });
        expect(world.told).toContainEqual(
          expect.objectContaining({
            type: 'alert.fired',
            alert: expect.objectContaining({ alert_id: alert.alert_id }),
          }),
        );
      }
    }),
    RUNS,
  );
});
