import type { Socket } from 'node:net';
import type { Order } from '@homelabcmd/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absentUnit, type UnitState } from '../systemd/port.ts';
import { OrderJournal } from './order-journal.ts';
import { BOOT, idOf, openRig, order, type OrderRig } from './testing/order-rig.ts';

let rig: OrderRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

test('an order rig.runs once, is verified over its settle time, and leaves its evidence', async () => {
  const runner = rig.newRunner();
  runner.take(order(1, { expect: { state_class: 'down', boot_id: BOOT, invocation_id: 'f'.repeat(32) } }));
  const result = await rig.resultOf(1);
  expect(result).toMatchObject({
    outcome: 'completed',
    code: null,
    exit_code: 0,
    before: { status: 'failed', result: 'signal' },
    after: { status: 'running', invocation_id: rig.runs[0] },
    journal: [{ identifier: 'plex', message: 'hello' }],
  });
  expect(result.elapsed_ms).toBeGreaterThanOrEqual(20);
  expect(rig.steps()).toEqual(['started', 'systemctl_done', 'verifying']);
  expect(rig.runs).toHaveLength(1);
});

test('however often it is delivered, before, while and after, and to the next process too', async () => {
  const runner = rig.newRunner();
  for (let time = 0; time < 5; time++) runner.take(order(1));
  await rig.resultOf(1);
  runner.take(order(1));
  await rig.close();
  const next = rig.newRunner();
  next.take(order(1));
  next.query([idOf(1)]);
  await vi.waitFor(() => expect(rig.results(1)).toHaveLength(4));
  expect(new Set(rig.results(1).map(({ outcome }) => outcome))).toEqual(new Set(['completed']));
  expect(rig.runs).toHaveLength(1);
  expect(rig.asked).toEqual(['restart']);
});

test('the head of the audit that an order brings is on disk before it runs, and stays whatever comes of it', async () => {
  const head = (entry: number) => ({ entry, hash: 'ab'.repeat(32) });
  const runner = rig.newRunner();
  let atStart: unknown;
  const { onRestart } = rig;
  rig.onRestart = (unit, socket) => {
    atStart = new OrderJournal(rig.folder).heads();
    onRestart(unit, socket);
  };
  runner.take(order(1), head(5));
  await rig.resultOf(1);
  expect(atStart).toMatchObject([{ ...head(5), order_id: idOf(1) }]);
  // It is refused, and delivered again with a later head: the first is kept.
  runner.take(order(2, { target: 'systemd:grafana.service' }), head(8));
  await rig.resultOf(2);
  runner.take(order(2, { target: 'systemd:grafana.service' }), head(9));
  await rig.close();
  expect(new OrderJournal(rig.folder).heads()).toMatchObject([
    { ...head(8), order_id: idOf(2) },
    { ...head(5), order_id: idOf(1) },
  ]);
});

test('a result is told on each connection until the hub has acknowledged it', async () => {
  const runner = rig.newRunner();
  runner.take(order(1));
  await rig.resultOf(1);
  runner.reportAll();
  expect(rig.results(1)).toHaveLength(2);
  runner.acknowledged(idOf(1));
  runner.reportAll();
  expect(rig.results(1)).toHaveLength(2);
});

test.each<[string, Partial<Order>, string]>([
  ['a name that no unit has', { target: 'systemd:we;rd $(x)' }, 'invalid_unit_name'],
  ['another kind of unit', { target: 'systemd:plex.socket' }, 'invalid_unit_name'],
  ['a target of another kind', { target: 'container:plex' }, 'invalid_unit_name'],
  ['not on the list', { target: 'systemd:grafana.service' }, 'not_allowed'],
  ['it can lock people out', { target: 'systemd:ssh.service' }, 'lockout_guard'],
  ['no such unit', { target: 'systemd:gone.service' }, 'unit_not_found'],
  [
    'it ran when this was approved',
    { expect: { state_class: 'running', boot_id: BOOT, invocation_id: 'a' } },
    'precondition_failed',
  ],
  [
    'the server was booted anew',
    { expect: { state_class: 'down', boot_id: 'boot-0', invocation_id: '' } },
    'precondition_failed',
  ],
])('refused: %s', async (_name, change, code) => {
  for (const unit of ['ssh.service', 'gone.service']) rig.allowed.add(unit);
  rig.newRunner().take(order(1, change));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code });
  expect(rig.asked).toEqual([]);
  expect(rig.runs).toEqual([]);
});

test('refused once is refused for ever, also when the reason is gone', async () => {
  rig.allowed.clear();
  const runner = rig.newRunner();
  runner.take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ code: 'not_allowed' });
  rig.allowed.add('plex.service');
  runner.take(order(1));
  await vi.waitFor(() => expect(rig.results(1)).toHaveLength(2));
  expect(rig.results(1)[1]).toEqual(rig.results(1)[0]);
  expect(rig.runs).toEqual([]);
});

test('without systemd an order waits no longer than it may, and is refused', async () => {
  rig.systemdIsThere = false;
  rig.newRunner().take(order(1, { ttl_ms: 50 }));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'no_systemd' });
});

test('a machine that slept while an order was judged does not carry it out', async () => {
  // The clock of timers stands still meanwhile.
  rig.onRead = () => {
    rig.uptimeMs += 3 * 24 * 3_600_000;
  };
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'ttl_expired' });
  expect(rig.runs).toEqual([]);
});

test('without its socket an order is refused, since nothing was sent', async () => {
  await rig.closeScript();
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'executor_unavailable' });
});

test('an alias rig.runs as the unit that it means, one order at a time', async () => {
  rig.aliases.set('media.service', 'plex.service');
  const waiting: Socket[] = [];
  rig.onRestart = (_unit, socket) => waiting.push(socket);
  const runner = rig.newRunner();
  runner.take(order(1));
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  runner.take(order(2, { target: 'systemd:media.service' }));
  expect(await rig.resultOf(2)).toMatchObject({ outcome: 'refused', code: 'duplicate_target' });
  rig.start('plex.service');
  for (const socket of waiting) rig.finish(idOf(1), socket, 0);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed' });
  rig.onRestart = (unit, socket) => {
    rig.start(unit);
    rig.finish(idOf(3), socket, 0);
  };
  runner.take(order(3, { target: 'systemd:media.service' }));
  expect(await rig.resultOf(3)).toMatchObject({ outcome: 'completed' });
});

test('systemctl fails: systemd tells why', async () => {
  rig.onRestart = (unit, socket) => {
    rig.start(unit);
    rig.setUnit(unit, { activeState: 'failed', subState: 'failed', result: 'exit-code' });
    rig.observers.tellJob(unit, 'failed');
    rig.finish(idOf(1), socket, 1, 'Job for plex.service failed. password=abc');
  };
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({
    outcome: 'failed',
    code: 'exit-code',
    exit_code: 1,
    output: 'Job for plex.service failed. password=***',
  });
});

test.each<[string, Partial<UnitState>]>([
  ['it fails', { activeState: 'failed', subState: 'failed', result: 'exit-code' }],
  ['systemd starts it again', { invocationId: 'e'.repeat(32), nRestarts: 1 }],
])('it comes up and %s while it settles: flapped, at once', async (_name, change) => {
  rig.onRestart = (unit, socket) => {
    rig.start(unit);
    rig.finish(idOf(1), socket, 0);
  };
  rig.newRunner().take(order(1, { settle_ms: 60_000 }));
  await vi.waitFor(() => expect(rig.steps()).toContain('verifying'));
  rig.setUnit('plex.service', change);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'failed', code: 'flapped' });
});

test('a start that a condition skipped is no success', async () => {
  rig.onRestart = (_unit, socket) => rig.finish(idOf(1), socket, 0);
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'failed', code: 'not-active' });
});

test('a one-shot service that did its work and was unloaded is a success', async () => {
  rig.onRestart = (unit, socket) => {
    rig.start(unit, { type: 'oneshot', activeState: 'activating', subState: 'start' });
    rig.units.set(unit, { ...absentUnit(unit), loadState: 'loaded', type: 'oneshot' });
    rig.finish(idOf(1), socket, 0);
  };
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed' });
});

test('a one-shot service of which systemd tells only after the script has answered is a success', async () => {
  const run = 'a'.repeat(32);
  rig.onRestart = (unit, socket) => {
    rig.units.set(unit, { ...absentUnit(unit), loadState: 'loaded', type: 'oneshot' });
    // The signals come before the reply to the reading that follows them, and no sooner.
    rig.onRead = () => rig.observers.tellInvocation(unit, run);
    rig.finish(idOf(1), socket, 0);
  };
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed' });
});
