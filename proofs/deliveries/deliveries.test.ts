import { expect, test } from 'vitest';
import { type Expected, judge, repeatsIn } from './judge.ts';
import type { Receipt } from './receivers.ts';
import { playDeliveries } from './run.ts';

const LONG_MS = 180_000;

test('whoever is to be told is told, however often the hub is killed, and again only with the same id', {
  timeout: LONG_MS,
}, async () => {
  const outcome = await playDeliveries({ seed: 1, kills: 4, isStorm: false });
  expect(outcome.violations).toEqual([]);
  expect(outcome.kills).toBe(4);
  expect(outcome.messages).toBeGreaterThan(10);
});

const receipt = (told: string[], change: Partial<Receipt> = {}): Receipt => ({
  ...{ channel: 'steady', life: 1, id: told.join(), told, body: told.join(), isTaken: true },
  ...change,
});
const FIRED = receipt(['1 fired']);
const expected: Expected = { facts: { steady: ['1 fired', '1 resolved'] }, events: [] };
const OVER = receipt(['1 resolved']);

test('what the hub finds out itself is told too: services that fail and start, servers that go and come back', {
  timeout: LONG_MS,
}, async () => {
  const outcome = await playDeliveries({ seed: 2, kills: 3, isStorm: true });
  expect(outcome.violations).toEqual([]);
  expect(outcome.alerts).toBeGreaterThan(3);
  expect(outcome.messages).toBeGreaterThan(5);
});

test('the judge lets be what is right', () => {
  const again = { ...FIRED, life: 2 };
  const receipts = [{ ...FIRED, isTaken: false }, FIRED, again, OVER];
  expect(judge(receipts, expected)).toEqual([]);
  expect(repeatsIn(receipts)).toBe(1);
});

test.each<[string, Receipt[], Expected, string]>([
  ['what is lost', [FIRED], expected, 'never told of 1 resolved'],
  ['what nobody took', [FIRED, { ...OVER, isTaken: false }], expected, 'never told of 1 resolved'],
  ['what is told twice', [FIRED, { ...FIRED, id: 'other', life: 2 }, OVER], expected, 'by two messages'],
  ['a repeat without a kill', [FIRED, FIRED, OVER], expected, 'came again in the same life'],
  ['a repeat that is another', [FIRED, { ...FIRED, life: 2, body: '' }, OVER], expected, 'another one'],
  ['an end before its beginning', [OVER, FIRED], expected, 'over before it began'],
  [
    'events that are mixed up',
    [FIRED, OVER, receipt(['3'], { channel: 'events' }), receipt(['2'], { channel: 'events' })],
    { ...expected, events: ['2', '3'] },
    'did not come in their order',
  ],
])('the judge sees %s', (_, receipts, to, finding) => {
  expect(judge(receipts, to).join()).toContain(finding);
});
