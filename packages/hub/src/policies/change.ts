import { LONGEST_AUTO_MS, type Policy, type PolicyWish, PROBLEMS, targetOf } from '@homelabcmd/protocol';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { scopeOf } from './effective.ts';
import { keepingTwoPeople } from './lifts.ts';
import { readPolicy } from './rows.ts';

export interface ChangeParts {
  readonly log: EventLog;
  /** Tells of a service as it is now: what automation does about it has changed. */
  tellService(
    open: LogTransaction,
    place: { server_id: string; target: string },
    actor: string,
  ): Promise<void>;
}

/**
 * Makes a policy, or changes it as a whole; either way it acts again if it had paused.
 * @throws Refusal `not_found` without the server; `already_exists` for a scope that has one; `invalid`
 */
export function putPolicy(
  { log, tellService }: ChangeParts,
  actor: string,
  name: string,
  wish: PolicyWish,
): Promise<Policy> {
  return log.transaction(async (open) => {
    const target = wish.service_name === null ? null : targetOf(wish.service_name);
    refuseBadEnd(wish, Date.parse(open.now));
    await refuseUnknownServer(open, wish.server_id);
    const values = {
      ...{ server_id: wish.server_id, service_name: wish.service_name, target, mode: wish.mode },
      scope: scopeOf(wish.server_id, target),
      expires_at: wish.expires_at,
      hours_json: wish.hours && JSON.stringify(wish.hours),
      is_shadow: wish.shadow ? 1 : 0,
      is_remediating: wish.remediate ? 1 : 0,
      wait_ms: wish.wait_ms,
      ...{ changed_at: open.now, changed_by: actor },
      ...{ paused_at: null, paused_because: null, noted_at: null, note: null },
    };
    await refuseSecond(open, name, values);
    await forgetIncidents(open, tellService, actor, name);
    await keepingTwoPeople(open, actor, () =>
      tellOfPolicy(open, actor, name, async () => {
        await open.tx
          .insertInto('policies')
          .values({ name, ...values })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
          .execute();
      }),
    );
    return readPolicy(open.tx, name, Date.parse(open.now));
  });
}

/** @throws Refusal `not_found` */
export function deletePolicy({ log, tellService }: ChangeParts, actor: string, name: string): Promise<void> {
  return log.transaction(async (open) => {
    await readPolicy(open.tx, name, Date.parse(open.now));
    await forgetIncidents(open, tellService, actor, name);
    await keepingTwoPeople(open, actor, async () => {
      await open.append({ type: 'policy.removed', serverId: null, actor }, async () => {
        await open.tx.deleteFrom('policies').where('name', '=', name).execute();
        return { name };
      });
    });
  });
}

/** Lets a policy act again: after it paused itself, and for services where it has stopped. @throws Refusal `not_found` */
export function resumePolicy(
  { log, tellService }: ChangeParts,
  actor: string,
  name: string,
): Promise<Policy> {
  return log.transaction(async (open) => {
    await readPolicy(open.tx, name, Date.parse(open.now));
    await forgetIncidents(open, tellService, actor, name);
    await tellOfPolicy(open, actor, name, async () => {
      await open.tx
        .updateTable('policies')
        .set({ paused_at: null, paused_because: null, noted_at: null, note: null })
        .where('name', '=', name)
        .execute();
    });
    return readPolicy(open.tx, name, Date.parse(open.now));
  });
}

/** What automation was doing under the old terms is over; what is down is looked at under the new ones. */
async function forgetIncidents(
  open: LogTransaction,
  tellService: ChangeParts['tellService'],
  actor: string,
  name: string,
): Promise<void> {
  const places = await open.tx
    .deleteFrom('incidents')
    .where('policy_name', '=', name)
    .returning(['server_id', 'target'])
    .execute();
  for (const place of places) await tellService(open, place, actor);
}

/** Changes a policy's row, and tells of the policy as it is then. */
export async function tellOfPolicy(
  open: LogTransaction,
  actor: string,
  name: string,
  write: () => Promise<unknown>,
  type: 'policy.changed' | 'policy.noted' = 'policy.changed',
): Promise<void> {
  await open.append({ type, serverId: null, actor }, async () => {
    await write();
    return { policy: await readPolicy(open.tx, name, Date.parse(open.now)) };
  });
}

function refuseBadEnd({ expires_at }: PolicyWish, nowMs: number): void {
  if (expires_at === null) return;
  const endMs = Date.parse(expires_at);
  const message =
    endMs <= nowMs
      ? 'The end has passed already'
      : endMs > nowMs + LONGEST_AUTO_MS
        ? 'The end is at most 400 days from now'
        : null;
  if (message !== null)
    throw new Refusal('invalid', `${PROBLEMS.invalid.title}: ${message}.`, {
      errors: [{ path: 'expires_at', message }],
    });
}

async function refuseUnknownServer({ tx }: LogTransaction, serverId: string | null): Promise<void> {
  if (serverId === null) return;
  const server = await tx
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!server) throw new Refusal('not_found', `There is no server ${serverId}`);
}

async function refuseSecond(
  { tx }: LogTransaction,
  name: string,
  { scope, is_shadow }: { scope: string; is_shadow: number },
): Promise<void> {
  const other = await tx
    .selectFrom('policies')
    .select('name')
    .where('scope', '=', scope)
    .where('is_shadow', '=', is_shadow)
    .where('name', '<>', name)
    .executeTakeFirst();
  if (other)
    throw new Refusal(
      'already_exists',
      `The policy ${other.name} is for the same already. Change that one, or remove it first.`,
    );
}
