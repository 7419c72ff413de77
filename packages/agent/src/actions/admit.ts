import { ACTION_KINDS, type KindContract, type Order, unitOfTarget } from '@homelabcmd/protocol';
import { restartsInWindow, type ServiceRecord } from '../services/record.ts';
import { permitOf, type RestartRules } from '../services/rules/restartable.ts';
import { stateClassOf } from '../services/status.ts';
import type { SystemdKeeper } from '../systemd/keeper.ts';
import type { SystemdSession, UnitState } from '../systemd/port.ts';
import { assertSystemdIsStill } from './guards/systemd-at-it.ts';
import { checkPrecondition } from './precondition.ts';
import { Refused } from './refused.ts';

export interface AdmitParts {
  keeper: SystemdKeeper;
  records: () => ReadonlyMap<string, ServiceRecord>;
  rules: () => RestartRules;
  bootId: string;
  /** Takes the unit for this order; false when another order has it. */
  reserve: (orderId: string, unit: string) => boolean;
}

export interface Admitted {
  /** Canonical name: what runs. */
  unit: string;
  before: UnitState;
}

/** systemd may be away for a moment, as when the message bus is restarted. */
const MAX_WAIT_FOR_SYSTEMD_MS = 5000;

/**
 * Judges whether an order may be carried out now, in this order: verb, unit name, this server's own rules, canonical name,
 * existence, the state that the approver saw, time to live. Nothing has happened when it throws.
 * @throws Refused
 */
export async function admit(order: Order, ageMs: () => number, parts: AdmitParts): Promise<Admitted> {
  const { verbs, noun }: KindContract = ACTION_KINDS[order.kind];
  if (!verbs.includes(order.verb))
    throw new Refused('unsupported_order', `A ${noun} is not done by «${order.verb}».`);
  const unit = unitOfTarget(order.target);
  if (unit === null)
    throw new Refused(
      'invalid_unit_name',
      'No systemd service can have this name, so there is nothing to do.',
    );
  const rules = parts.rules();
  if (rules.monitorOnly) throw new Refused('monitor_only', 'The agent on this server only watches.');
  const left = () => order.ttl_ms - ageMs();
  const session = await parts.keeper.sessionWithin(Math.min(left(), MAX_WAIT_FOR_SYSTEMD_MS));
  if (session === null)
    throw new Refused('no_systemd', parts.keeper.problem ?? 'The agent cannot reach systemd.');
  const before = await readOrRefuse(session, unit);
  if (!parts.reserve(order.order_id, before.id))
    throw new Refused('duplicate_target', `Another order for ${before.id} is at work on this server.`);
  const permit = permitOf(before.id, rules);
  if (!permit.allowed) throw new Refused(permit.code, permit.reason);
  if (before.loadState === 'not-found')
    throw new Refused('unit_not_found', `systemd on this server knows no ${before.id}.`);
  const record = parts.records().get(before.id);
  assertSystemdIsStill(order, before, record, performance.now());
  checkPrecondition(order.expect, {
    bootId: parts.bootId,
    stateClass: stateClassOf(before, record === undefined ? 0 : restartsInWindow(record, performance.now())),
    activeState: before.activeState,
    invocationId: before.invocationId,
  });
  if (left() <= 0)
    throw new Refused('ttl_expired', 'The order waited too long on this server, so it was not carried out.');
  return { unit: before.id, before };
}

async function readOrRefuse(session: SystemdSession, unit: string): Promise<UnitState> {
  try {
    return await session.read(unit);
  } catch {
    throw new Refused('no_systemd', 'systemd stopped answering, so nothing was done.');
  }
}
