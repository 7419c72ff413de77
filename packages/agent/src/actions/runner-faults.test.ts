import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OrderJournal } from './order-journal.ts';
import { BOOT, idOf, openRig, order, type OrderRig } from './testing/order-rig.ts';

let rig: OrderRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig[Symbol.asyncDispose]());

test('the connection breaks after the start: the claim tells how it ended', async () => {
  rig.onRestart = (unit, socket) => {
    rig.start(unit);
    socket.destroy();
    setTimeout(() => writeFileSync(join(rig.folder, 'orders', idOf(1), 'exit'), '0\n'), 50);
  };
  rig.newRunner().take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed', exit_code: 0 });
  expect(rig.asked).toEqual(['restart']);
});

test('killed while the script works: the next process waits for the evidence and judges', async () => {
  const asked = Promise.withResolvers<Socket>();
  rig.onRestart = (_unit, socket) => asked.resolve(socket);
  rig.newRunner().take(order(1));
  const socketOfOld = await asked.promise;
  await rig.close();
  rig.newRunner();
  rig.start('plex.service');
  rig.finish(idOf(1), socketOfOld, 0);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed', elapsed_ms: null });
  expect(rig.asked).toEqual(['restart']);
  expect(rig.runs).toHaveLength(1);
});

test('killed between intent and socket: fenced, and refused for good', async () => {
  using journal = new OrderJournal(rig.folder);
  journal.writeIntent({ order: order(1), unit: 'plex.service', before: null });
  const runner = rig.newRunner();
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'never_started' });
  runner.take(order(1));
  expect(rig.asked).toEqual(['fence']);
  expect(rig.runs).toEqual([]);
});

test('power lost while the script worked: unknown, said honestly', async () => {
  using journal = new OrderJournal(rig.folder);
  journal.writeIntent({ order: order(1), unit: 'plex.service', before: null });
  mkdirSync(join(rig.folder, 'orders', idOf(1)));
  for (const [name, text] of [
    ['boot', 'boot-0\n'],
    ['verb', 'restart\n'],
  ] as const)
    writeFileSync(join(rig.folder, 'orders', idOf(1), name), text);
  rig.newRunner();
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'unknown', code: null });
  expect(rig.asked).toEqual([]);
});

test('asked about an order that never came: it is made impossible first', async () => {
  const runner = rig.newRunner();
  runner.query([idOf(1)]);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'never_started' });
  runner.take(order(1));
  await vi.waitFor(() => expect(rig.results(1)).toHaveLength(2));
  expect(rig.asked).toEqual(['fence']);
  expect(rig.runs).toEqual([]);
});

test('an intent that cannot be written keeps the order from running', async () => {
  const runner = rig.newRunner();
  rig.breakJournal();
  runner.take(order(1));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'refused', code: 'journal_error' });
  expect(rig.runs).toEqual([]);
});

test('a refusal that cannot be written down is fenced before it is told: the order stays refused for good', async () => {
  const runner = rig.newRunner();
  rig.breakJournal();
  runner.take(order(1));
  await rig.resultOf(1);
  await rig.close();
  rig.newRunner().take(order(1));
  await vi.waitFor(() => expect(rig.results(1)).toHaveLength(2));
  expect(rig.results(1).map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  expect(rig.runs).toEqual([]);
});

test('a refusal that can neither be written down nor fenced is not told', async () => {
  const runner = rig.newRunner();
  rig.breakJournal();
  await rig.closeScript();
  runner.take(order(1));
  await vi.waitFor(() => expect(rig.logged).toContain('the evidence of an order is out of reach'));
  expect(rig.results(1)).toEqual([]);
  expect(runner.atWork).toEqual([idOf(1)]);
});

test('an order that ran is never called refused, also when the agent has lost its record of it', async () => {
  const asApproved = { state_class: 'down', boot_id: BOOT, invocation_id: '' } as const;
  rig.newRunner().take(order(1, { expect: asApproved }));
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed' });
  await rig.close();
  rmSync(join(rig.folder, 'orders.jsonl'));
  rig.newRunner().take(order(1, { expect: asApproved }));
  await vi.waitFor(() => expect(rig.results(1)).toHaveLength(2));
  expect(rig.results(1)[1]).toMatchObject({
    outcome: 'unknown',
    detail: expect.stringContaining('lost its record'),
  });
  expect(rig.runs).toHaveLength(1);
});
