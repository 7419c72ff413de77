import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOOT, openRig, order, type OrderRig } from './testing/order-rig.ts';

let rig: OrderRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

const DOWN = { boot_id: BOOT, invocation_id: 'f'.repeat(32), state_class: 'down' } as const;

/** What becomes of order 1. Refused or not, it tells whether something ran. */
async function endOf(change: Parameters<typeof order>[1] = {}) {
  rig.newRunner().take(order(1, change));
  const result = await rig.resultOf(1);
  expect(rig.runs).toHaveLength(result.outcome === 'refused' ? 0 : 1);
  return result;
}

test('an agent that only watches carries out nothing', async () => {
  rig.monitorOnly = true;
  expect(await endOf()).toMatchObject({
    ...{ outcome: 'refused', code: 'monitor_only' },
    detail: 'The agent on this server only watches.',
  });
});

test('without systemd it is refused in the words of the agent, cut where they are long, and no later than it may be', async () => {
  rig.systemdIsThere = false;
  rig.systemdProblem = `There is no systemd here${'.'.repeat(600)}`;
  const startedMs = performance.now();
  const { code, detail } = await endOf({ ttl_ms: 50 });
  expect(performance.now() - startedMs).toBeLessThan(4000);
  expect([code, detail]).toEqual(['no_systemd', rig.systemdProblem.slice(0, 500)]);
});

test('where systemd stops answering in the middle, nothing is done', async () => {
  rig.onRead = () => {
    throw new Error('the bus is gone');
  };
  expect(await endOf()).toMatchObject({
    ...{ outcome: 'refused', code: 'no_systemd' },
    detail: 'systemd stopped answering, so nothing was done.',
  });
});

test.each([
  [1e9, 'ttl_expired'],
  [1e9 - 1000, null],
])('an order with a time of 1e9 ms is judged after %d ms: %s', async (sleptMs, code) => {
  let isFirst = true;
  rig.onRead = () => {
    if (isFirst) rig.uptimeMs += sleptMs;
    isFirst = false;
  };
  expect((await endOf({ ttl_ms: 1e9 })).code).toBe(code);
});

test('a service that crashes again and again is told from one that runs, by what the agent has seen of it', async () => {
  rig.setUnit('plex.service', { activeState: 'active', subState: 'running', result: 'success' });
  rig.restartedAt = [performance.now(), performance.now()];
  expect(await endOf({ expect: { ...DOWN, state_class: 'running' } })).toMatchObject({
    ...{ outcome: 'refused', code: 'precondition_failed' },
  });
});

test('a service of which the agent has no record is judged by what it is', async () => {
  rig.hasRecords = false;
  expect((await endOf({ expect: DOWN })).outcome).toBe('completed');
});

test.each<[string, Parameters<typeof order>[1], (rig: OrderRig) => void]>([
  ['not listed', { target: 'systemd:web.service' }, () => undefined],
  ['no unit at all', { target: 'systemd:../web.service' }, () => undefined],
  ['too often', {}, (of) => void (of.limits.all_per_hour = 0)],
])(
  'no process of root is started for an order that cannot get that far: %s',
  async (_what, change, prepare) => {
    prepare(rig);
    rig.setUnit('web.service', {});
    expect((await endOf(change)).outcome).toBe('refused');
    expect(rig.connections).toBe(0);
  },
);

test('an order for an alias of what is allowed runs', async () => {
  rig.aliases.set('films.service', 'plex.service');
  expect((await endOf({ target: 'systemd:films.service' })).outcome).toBe('completed');
});
