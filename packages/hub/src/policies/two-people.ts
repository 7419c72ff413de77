import { Refusal } from '../lib/refusal.ts';
import type { LogTransaction } from '../events/log.ts';
import { statement } from '../store/statement.ts';
import { scopesAround } from './effective.ts';
import { personOf } from './person.ts';
import { effectivePolicy, findPolicy, policyNameOf } from './rows.ts';

/** What an approval is judged by. */
export interface Asked {
  readonly server_id: string;
  readonly target: string;
  readonly created_by: string;
}

/**
 * Whether this actor may approve what was asked. A policy counts as the person who wrote it. Under a rule of two people
 * whoever asked does not approve; and whoever took such a rule away stays bound by it, or it would be no rule: one
 * person could take it away, ask and approve.
 * @throws Refusal `forbidden`
 */
export async function assertMayApprove(open: LogTransaction, actor: string, asked: Asked): Promise<void> {
  const { server_id, target, created_by } = asked;
  const nowMs = Date.parse(open.now);
  const { mode, policy } = await effectivePolicy(open.tx, server_id, target, nowMs);
  const scopes = scopesAround(server_id, target);
  const { rows: lifts } = await allLifts(open.tx, {});
  const here = lifts.filter(({ scope }) => scopes.includes(scope));
  // Most of the time nothing here wants two people, and then it does not matter who they are.
  if (mode !== 'two_person' && here.length === 0) return;
  const asker = await personBehind(open, created_by);
  const approver = await personBehind(open, actor);
  if (asker !== null && approver !== null && asker !== approver) return;
  if (mode === 'two_person') {
    throw new Refusal(
      'forbidden',
      `The policy ${policy?.name ?? ''} wants two people: ${created_by} asked for this, so somebody else has to approve it.`,
    );
  }
  const person = approver ?? asker ?? '';
  if (here.some(({ lifted_by }) => lifted_by === person)) {
    throw new Refusal(
      'forbidden',
      `${approver ?? asker} took the rule of two people away here and asked for this, so somebody else has to approve it.`,
    );
  }
}

const allLifts = statement<object, { scope: string; lifted_by: string }>((db) =>
  db.selectFrom('two_person_lifts').select(['scope', 'lifted_by']),
);

/**
 * The person behind a signature, in one case: their keys are them, and a policy is who wrote it. `null` for a policy that is
 * gone, of which nobody knows whose it was.
 */
async function personBehind(open: LogTransaction, actor: string): Promise<string | null> {
  const name = policyNameOf(actor);
  if (name === null) return personOf(open.tx, actor);
  const policy = await findPolicy(open.tx, name, Date.parse(open.now));
  return policy === null ? null : personOf(open.tx, policy.changed_by);
}
