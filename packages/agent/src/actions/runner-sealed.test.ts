import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ApprovalSeal, type Order, type SealTerms, statementOf } from '@homelabcmd/protocol';
import { softwareApprover } from '@homelabcmd/testkit/approver';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AGENT_KEY, BOOT, idOf, openRig, order, type OrderRig } from './testing/order-rig.ts';

let rig: OrderRig;
beforeEach(async () => {
  rig = await openRig();
  rig.sealing = { keys: [kim.key], problem: null };
});
afterEach(() => rig[Symbol.asyncDispose]());

const kim = softwareApprover();
const eve = softwareApprover({ name: "Eve's key" });
const EXPECT = { boot_id: BOOT, invocation_id: 'f'.repeat(32), state_class: 'down' } as const;

const soon = (ms = 300_000) => new Date(Date.now() + ms).toISOString();
const terms = (): SealTerms => ({ requested_by: 'robin', requested_at: soon(-60_000), until: soon() });

/** An order that Kim has approved for this agent, in every part of it. */
function sealed(n: number, change: Partial<Order> = {}, by = kim, agent = AGENT_KEY): Order {
  const whole = order(n, { expect: EXPECT, ...change });
  return { ...whole, approval_seal: by.seal(statementOf(agent, whole, terms())) };
}

async function endOf(one: Order, n = 1) {
  rig.newRunner().take(one);
  return rig.resultOf(n);
}

/** Nothing has begun: the script was not even asked. */
const untouched = () => expect([rig.runs, rig.asked]).toEqual([[], []]);

test('on a sealed server an order that its approver has signed runs once, however often it comes', async () => {
  const one = sealed(1);
  const runner = rig.newRunner();
  for (const _time of [1, 2, 3]) runner.take(one);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed', code: null });
  runner.take(one);
  await rig.close();
  rig.newRunner().take(one);
  expect(await rig.resultOf(1)).toMatchObject({ outcome: 'completed' });
  expect(rig.runs).toHaveLength(1);
});

test('a server that is not sealed carries out what comes, signed or not', async () => {
  rig.sealing = null;
  rig.onRestart = (unit, socket) => {
    rig.start(unit);
    rig.finish(idOf(rig.runs.length), socket, 0);
  };
  const runner = rig.newRunner();
  runner.take(order(1));
  expect((await rig.resultOf(1)).outcome).toBe('completed');
  runner.take(sealed(2, { expect: null }));
  expect((await rig.resultOf(2)).outcome).toBe('completed');
});

test('without a seal nothing runs, and the script is not even asked', async () => {
  expect(await endOf(order(1))).toMatchObject({
    ...{ outcome: 'refused', code: 'not_sealed' },
    detail: expect.stringContaining("only what an approver's passkey has signed"),
  });
  untouched();
});

const bend = (one: Order, change: Partial<Order>): Order => ({ ...one, ...change });
const bendSeal = (one: Order, change: Partial<ApprovalSeal>): Order =>
  one.approval_seal === undefined ? one : { ...one, approval_seal: { ...one.approval_seal, ...change } };

test.each<[string, () => Order]>([
  ['another service', () => bend(sealed(1), { target: 'systemd:ssh.service' })],
  ['another number', () => bend(sealed(1), { action_id: 2 })],
  ['another id', () => bend(sealed(2), { order_id: idOf(1), action_id: 1 })],
  ['another verb', () => bend(sealed(1), { verb: 'reset-and-restart' })],
  ['another digest', () => bend(sealed(1), { digest: 'd2'.repeat(32) })],
  ['nothing that is expected', () => bend(sealed(1), { expect: null })],
  ['another boot', () => bend(sealed(1, { expect: { ...EXPECT, boot_id: 'boot-0' } }), { expect: EXPECT })],
  ['another who asked', () => bendSeal(sealed(1), { requested_by: 'kim' })],
  ['another time of asking', () => bendSeal(sealed(1), { requested_at: soon(-1) })],
  ['a later end', () => bendSeal(sealed(1), { until: soon(400_000) })],
  [
    'the seal of another order',
    () => bend(order(1, { expect: EXPECT }), { approval_seal: sealed(2).approval_seal }),
  ],
  ['a key that root has not enrolled', () => sealed(1, {}, eve)],
  [
    'a key that root has not enrolled, by the name of one',
    () => bendSeal(sealed(1, {}, eve), { credential_id: kim.key.credential_id }),
  ],
  ['another agent', () => sealed(1, {}, kim, 'the-key-of-another-agent')],
])('an order that was signed and comes with %s does not run', async (_what, made) => {
  expect(await endOf(made())).toMatchObject({ outcome: 'refused', code: 'bad_seal' });
  untouched();
});

test.each([
  [soon(-120_000), /It held until/],
  [soon(3_600_000), /too long, or a clock is wrong/],
])('an approval that holds until %s is not taken now', async (until, sentence) => {
  const whole = order(1, { expect: EXPECT });
  const approval_seal = kim.seal(statementOf(AGENT_KEY, whole, { ...terms(), until }));
  expect(await endOf({ ...whole, approval_seal })).toMatchObject({
    ...{ outcome: 'refused', code: 'bad_seal' },
    detail: expect.stringMatching(sentence),
  });
  untouched();
});

test('while the file of approvers cannot be trusted, what an approver has signed does not run either', async () => {
  rig.sealing = { keys: [], problem: 'The file cannot be read.' };
  expect(await endOf(sealed(1))).toMatchObject({ code: 'bad_seal', detail: 'The file cannot be read.' });
  untouched();
});

test('a seal that was held back is worth nothing after a reboot, or once the service was started anew', async () => {
  const held = sealed(1, { expect: { ...EXPECT, boot_id: 'boot-0' } });
  expect(await endOf(held)).toMatchObject({ code: 'precondition_failed' });
  rig.start('plex.service');
  const running = sealed(2, { expect: { ...EXPECT, state_class: 'running' } });
  expect(await endOf(running, 2)).toMatchObject({ code: 'precondition_failed' });
  expect(rig.asked).toEqual([]);
});

test('a seal runs nothing a second time when the agent has lost its record of it', async () => {
  const one = sealed(1);
  expect((await endOf(one)).outcome).toBe('completed');
  await rig.close();
  rmSync(join(rig.folder, 'orders.jsonl'));
  rig.frames.length = 0;
  expect((await endOf(one)).outcome).toBe('unknown');
  expect(rig.runs).toHaveLength(1);
});

test('of all the orders that can be made of one seal, the one that was signed runs, and no other', async () => {
  const one = sealed(1);
  const runner = rig.newRunner();
  const text = fc.string({ minLength: 1, maxLength: 30 });
  const others: fc.Arbitrary<Partial<Order>> = fc.oneof(
    fc.record({ target: text.map((name) => `systemd:${name}.service`) }),
    fc.record({ action_id: fc.integer({ min: 2, max: 2 ** 31 }) }),
    fc.record({ digest: text }),
    fc.record({ expect: fc.constantFrom(null, { ...EXPECT, state_class: 'running' as const }) }),
    fc.record({ verb: fc.constant('reset-and-restart' as const) }),
  );
  let n = 1;
  await fc.assert(
    fc.asyncProperty(others, async (change) => {
      n += 1;
      // A new id each time: an id that was refused is refused for ever.
      runner.take({ ...one, ...change, order_id: idOf(n) });
      expect(await rig.resultOf(n)).toMatchObject({ outcome: 'refused', code: 'bad_seal' });
    }),
    { numRuns: 60 },
  );
  untouched();
  runner.take(one);
  expect((await rig.resultOf(1)).outcome).toBe('completed');
  expect(rig.runs).toHaveLength(1);
});
