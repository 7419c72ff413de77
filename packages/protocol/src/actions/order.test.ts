import { expect, test } from 'vitest';
import { Order, SETTLE_MAX_MS } from './order.ts';

const order = {
  ...{
    order_id: '01890a5d-ac96-774b-bcce-b302099a8057',
    action_id: 1,
    digest: 'd1',
    kind: 'restart_service',
  },
  ...{
    target: 'systemd:plex.service',
    verb: 'restart',
    expect: null,
    ttl_ms: 60_000,
    settle_ms: 0,
    probe: null,
  },
};

test.each([
  [0, true],
  [SETTLE_MAX_MS, true],
  [SETTLE_MAX_MS + 1, false],
  [2 ** 31 - 1, false],
  [Number.MAX_SAFE_INTEGER, false],
  [-1, false],
  [0.5, false],
])('an order that has its service stay up for %d ms can be one: %s', (settle_ms, isOne) => {
  expect(Order.safeParse({ ...order, settle_ms }).success).toBe(isOne);
});
