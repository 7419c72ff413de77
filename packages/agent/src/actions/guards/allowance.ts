import { type Order, unitOfTarget } from '@homelabcmd/protocol';
import type { Limits } from '../../services/rules/limits.ts';
import { permitOf, type RestartRules } from '../../services/rules/restartable.ts';
import { Refused } from '../refused.ts';
import { assertWithinLimits, type Run } from './rate.ts';

export interface AllowanceParts {
  journal: { runs(): Run[] };
  /** The limits of this server, read anew for each order. */
  limits: () => Limits;
  rules: () => RestartRules;
  bootId: string;
  /** How long the machine has been up, its sleep counted: a clock that nobody can set. */
  uptimeMs: () => number;
}

/** @returns how long the machine has been up @throws Refused `rate_limited` */
export function assertAllowance(order: Order, unit: string, parts: AllowanceParts): number {
  const { journal, limits, bootId, uptimeMs } = parts;
  const now = { wallMs: Date.now(), bootId, uptimeMs: uptimeMs() };
  assertWithinLimits(unit, order.automatic === true, journal.runs(), limits(), now);
  return now.uptimeMs;
}

/** Whether the order may get as far as the script, by what is known without asking systemd. An alias of what is allowed may, too. */
export function isLikelyToRun(order: Order, parts: AllowanceParts): boolean {
  const unit = unitOfTarget(order.target);
  if (unit === null || !permitOf(unit, parts.rules()).allowed) return false;
  try {
    assertAllowance(order, unit, parts);
    return true;
  } catch (cause) {
    if (cause instanceof Refused) return false;
    throw cause;
  }
}
