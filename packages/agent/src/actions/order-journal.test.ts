import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Order } from '@homelabcmd/protocol';
import { OrderJournal } from './order-journal.ts';
import { emptyResult } from './refused.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'orders.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const order = (last: number): Order => ({
  order_id: `019a0000-0000-7000-8000-${String(last).padStart(12, '0')}`,
  action_id: last,
  digest: 'd1'.repeat(32),
  kind: 'restart_service',
  target: 'systemd:plex.service',
  verb: 'restart',
  expect: null,
  ttl_ms: 1000,
  settle_ms: 0,
  probe: null,
});
const completed = { ...emptyResult, outcome: 'completed' as const, detail: 'ok' };
const intent = (last: number) => ({ order: order(last), unit: 'plex.service', before: null });

test('what was written is known after a crash, whole', () => {
  const journal = new OrderJournal(folder);
  journal.writeIntent(intent(1));
  journal.writeIntent(intent(2));
  journal.writeResult(order(1).order_id, completed);
  // No dispose: the process is gone.
  using again = new OrderJournal(folder);
  expect(again.get(order(1).order_id)).toMatchObject({ result: completed, acknowledged: false });
  expect(again.openIntents().map(({ order: { action_id } }) => action_id)).toEqual([2]);
  expect(again.unacknowledged()).toEqual([{ orderId: order(1).order_id, result: completed }]);
  again.writeAcknowledged(order(1).order_id);
  expect(again.unacknowledged()).toEqual([]);
  using third = new OrderJournal(folder);
  expect(third.unacknowledged()).toEqual([]);
});

test('nobody else can read it', () => {
  using _journal = new OrderJournal(folder);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a line that a crash cut short, at any place, counts as never written', () => {
  using journal = new OrderJournal(folder);
  journal.writeIntent(intent(1));
  const oneLine = readFileSync(path, 'utf8');
  journal.writeResult(order(1).order_id, completed);
  const twoLines = readFileSync(path, 'utf8');
  for (let length = oneLine.length; length < twoLines.length - 1; length += 7) {
    writeFileSync(path, twoLines);
    truncateSync(path, length);
    using torn = new OrderJournal(folder);
    expect(torn.get(order(1).order_id)?.result).toBeNull();
    torn.writeIntent(intent(2));
    using after = new OrderJournal(folder);
    expect(after.openIntents().map(({ order: { action_id } }) => action_id)).toEqual([1, 2]);
  }
});

test('a line that cannot be read takes no other along', () => {
  new OrderJournal(folder).writeIntent(intent(1));
  appendFileSync(path, '{"kind":"intent","at":"yesterday"}\nnoise\n');
  using journal = new OrderJournal(folder);
  expect(journal.openIntents()).toHaveLength(1);
});

test('orders are kept 400 days', () => {
  new OrderJournal(folder).writeIntent(intent(1));
  const dayMs = 24 * 60 * 60 * 1000;
  using kept = new OrderJournal(folder, Date.now() + 399 * dayMs);
  expect(kept.openIntents()).toHaveLength(1);
  using _gone = new OrderJournal(folder, Date.now() + 401 * dayMs);
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('an intent that cannot be written is an error', () => {
  const journal = new OrderJournal(folder);
  journal[Symbol.dispose]();
  expect(() => journal.writeIntent(intent(1))).toThrow('the journal is closed');
  expect(journal.get(order(1).order_id)).toBeNull();
});

test('the heads that orders brought are known after a crash, the newest first, also of orders that were refused', () => {
  const head = (entry: number) => ({ entry, hash: String(entry).repeat(64).slice(0, 64) });
  const refused = { ...emptyResult, outcome: 'refused' as const, detail: 'no' };
  const journal = new OrderJournal(folder);
  journal.writeIntent({ ...intent(1), audit: head(7) });
  journal.writeResult(order(1).order_id, completed, head(7));
  journal.writeResult(order(2).order_id, refused, head(9));
  // One from a hub that sends no heads.
  journal.writeIntent(intent(3));
  const held = [
    { ...head(9), order_id: order(2).order_id, at: expect.any(String) },
    { ...head(7), order_id: order(1).order_id, at: expect.any(String), target: order(1).target },
  ];
  expect(journal.heads()).toEqual(held);
  using again = new OrderJournal(folder);
  expect(again.heads()).toEqual(held);
  expect(readFileSync(path, 'utf8').match(/"entry":7/g)).toHaveLength(1);
});

test('a journal of the version before, whose lines have no heads, is read as it is', () => {
  const at = new Date().toISOString();
  const lines = [
    { kind: 'intent', at, ...intent(1) },
    { kind: 'result', at, order_id: order(1).order_id, result: completed },
  ].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(path, lines.join(''));
  using journal = new OrderJournal(folder);
  expect(journal.get(order(1).order_id)).toMatchObject({ result: completed, head: null });
  expect(journal.heads()).toEqual([]);
});

test('of orders that were refused the newest are known, on disk and in memory; what ran is not forgotten for them', () => {
  const bounds = { mostRefused: 3, compactedAfterBytes: 4000 };
  const journal = new OrderJournal(folder, Date.now(), bounds);
  const refused = { ...emptyResult, outcome: 'refused' as const, code: 'not_allowed', detail: 'no' };
  journal.writeIntent(intent(1));
  journal.writeResult(order(1).order_id, completed);
  journal.writeIntent(intent(2));
  for (let n = 10; n < 200; n += 1) {
    journal.writeResult(order(n).order_id, refused);
    if (n % 2 === 0) journal.writeAcknowledged(order(n).order_id);
  }
  journal.writeAcknowledged(order(10).order_id);
  const known = (of: OrderJournal) =>
    [1, 2, 10, 196, 197, 198, 199].filter((n) => of.get(order(n).order_id) !== null);
  expect(known(journal)).toEqual([1, 2, 197, 198, 199]);
  expect(statSync(path).size).toBeLessThan(6000);
  expect(journal.openIntents().map(({ order: { action_id } }) => action_id)).toEqual([2]);
  using again = new OrderJournal(folder, Date.now(), bounds);
  expect(known(again)).toEqual([1, 2, 197, 198, 199]);
  expect(again.unacknowledged().map(({ orderId }) => orderId)).toEqual(
    [1, 197, 199].map((n) => order(n).order_id),
  );
});
