import { createHash } from 'node:crypto';
import type { HubFrame, Order } from '@homelabcmd/protocol';
import { FAILING } from './script.ts';

/** What becomes of an order, when nothing gets in its way. */
export type Fate = 'completes' | 'fails' | 'not-allowed' | 'asked-about-first';

/** An order of the proof. Each has a unit of its own, so that the unit's starts are the order's. */
export interface Given {
  readonly order: Order;
  readonly unit: string;
  readonly fate: Fate;
}

const FATES: readonly Fate[] = [
  'completes',
  'fails',
  'completes',
  'not-allowed',
  'completes',
  'asked-about-first',
];
const UNALLOWED = 'unallowed-';

/** The nth order of a run of the proof. */
export function orderOf(n: number): Given {
  const fate = FATES[n % FATES.length] ?? 'completes';
  const prefix = fate === 'fails' ? FAILING : fate === 'not-allowed' ? UNALLOWED : '';
  const unit = `${prefix}service-${n}.service`;
  const digits = createHash('sha256').update(String(n)).digest('hex').slice(0, 12);
  return {
    ...{ fate, unit },
    order: {
      ...{ order_id: `019a0000-0000-7000-8000-${digits}`, action_id: n + 1, kind: 'restart_service' },
      digest: 'd1'.repeat(32),
      ...{
        target: `systemd:${unit}`,
        verb: 'restart',
        expect: null,
        ttl_ms: 600_000,
        settle_ms: 1,
        probe: null,
      },
    },
  };
}

export const allowedOf = (given: readonly Given[]): string[] =>
  given.flatMap(({ fate, unit }) => (fate === 'not-allowed' ? [] : [unit]));

export const orderFrame = ({ order }: Given): HubFrame => ({ v: 2, type: 'order', order });
export const queryFrame = (orderIds: string[]): HubFrame => ({ v: 2, type: 'query', order_ids: orderIds });
