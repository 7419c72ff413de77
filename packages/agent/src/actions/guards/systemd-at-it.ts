import type { Order } from '@homelabcmd/protocol';
import { countWithin, restartsInWindow, type ServiceRecord } from '../../services/record.ts';
import { isAutoRestarting } from '../../services/status.ts';
import type { UnitState } from '../../systemd/port.ts';
import { Refused } from '../refused.ts';

/** A start this short ago may still become something. */
const JUST_STARTED_MS = 30_000;
const IN_MOTION = ['activating', 'deactivating', 'reloading', 'refreshing'];

/**
 * An order that no person approved keeps out of systemd's way: it is not carried out while systemd starts or stops the
 * unit, shortly after a start, nor when one more start would use up the unit's start limit.
 * @throws Refused `systemd_at_it`, `rate_limited`
 */
export function assertSystemdIsStill(
  order: Order,
  unit: UnitState,
  record: ServiceRecord | undefined,
  now: number,
): void {
  if (order.automatic !== true) return;
  if (order.verb === 'reset-and-restart')
    throw new Refused(
      'rate_limited',
      'systemd has given up on it, and only a person may clear its start limit.',
    );
  const isLooping = record !== undefined && restartsInWindow(record, now) >= 2;
  if (isAutoRestarting(unit) || unit.jobQueued || IN_MOTION.includes(unit.activeState) || isLooping)
    throw new Refused('systemd_at_it', 'systemd itself is starting or stopping it, so nothing was done.');
  const starts = record?.startedAt ?? [];
  if (countWithin(starts, now, JUST_STARTED_MS) > 0)
    throw new Refused(
      'systemd_at_it',
      `It was started less than ${JUST_STARTED_MS / 1000} s ago, so nothing was done.`,
    );
  const { startLimitBurst, startLimitIntervalMs } = unit;
  if (startLimitBurst === 0 || startLimitIntervalMs === 0) return;
  if (countWithin(starts, now, startLimitIntervalMs) + 1 >= startLimitBurst)
    throw new Refused('rate_limited', 'One more start would use up its start limit, so nothing was done.');
}
