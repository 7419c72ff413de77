import type { Policy } from '@homelabcmd/protocol';
import type { LogTransaction } from '../events/log.ts';
import { narrowest, scopeOf, scopesAround } from './effective.ts';
import { personOf } from './person.ts';
import { allPolicies } from './rows.ts';

/**
 * Makes a change of the policies, and writes down on whom a rule of two people stays binding: on the one whose change
 * has just taken it away somewhere. Once such a rule holds there again, it alone binds.
 */
export async function keepingTwoPeople(
  open: LogTransaction,
  actor: string,
  change: () => Promise<void>,
): Promise<void> {
  const nowMs = Date.parse(open.now);
  const before = realOnes(await allPolicies(open.tx, nowMs));
  await change();
  const after = realOnes(await allPolicies(open.tx, nowMs));
  for (const place of [...before, ...after]) {
    if (wantsTwo(after, place, nowMs)) await endLifts(open, after, place);
    else if (wantsTwo(before, place, nowMs)) await lift(open, await personOf(open.tx, actor), place);
  }
}

type Place = Pick<Policy, 'server_id' | 'target'>;

const realOnes = (policies: readonly Policy[]) => policies.filter((policy) => !policy.shadow);

const wantsTwo = (policies: readonly Policy[], place: Place, nowMs: number): boolean =>
  narrowest(policies, scopesOf(place), nowMs)?.mode === 'two_person';

/** The scope of this place and those that it is in, the narrowest first. */
function scopesOf({ server_id, target }: Place): string[] {
  if (server_id === null) return [scopeOf(null, null)];
  return target === null ? [scopeOf(server_id, null), scopeOf(null, null)] : scopesAround(server_id, target);
}

/**
 * The rule holds here again, which binds everybody. In a narrower place whose own policy wins over it nothing has come
 * back: whoever was bound here stays bound there, or a policy made while the rule was away would be a way around it.
 */
async function endLifts(open: LogTransaction, policies: readonly Policy[], place: Place): Promise<void> {
  const scope = scopeOf(place.server_id, place.target);
  const ended = await open.tx
    .deleteFrom('two_person_lifts')
    .where('scope', '=', scope)
    .returning('lifted_by')
    .execute();
  const inside = policies.filter(
    (policy) => scopeOf(policy.server_id, policy.target) !== scope && scopesOf(policy).includes(scope),
  );
  for (const { lifted_by } of ended)
    for (const narrower of inside)
      if (!wantsTwo(policies, narrower, Date.parse(open.now))) await lift(open, lifted_by, narrower);
}

async function lift(open: LogTransaction, liftedBy: string, place: Place): Promise<void> {
  await open.tx
    .insertInto('two_person_lifts')
    .values({ lifted_by: liftedBy, scope: scopeOf(place.server_id, place.target), at: open.now })
    .onConflict((conflict) => conflict.columns(['lifted_by', 'scope']).doNothing())
    .execute();
}
