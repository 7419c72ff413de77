import { MAX_SEAL_MS, type ResponseOf, type api, statementOf } from '@homelabcmd/protocol';
import { challengeOf } from '@homelabcmd/protocol/approval';
import { timestamp } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Store } from '../../store/schema.ts';
import { findAction } from '../rows.ts';
import { orderCoreOf, sealedServer } from './sealing.ts';

/** For how long an approval by a passkey holds at most: an agent takes none that holds longer. */
export const longestSealMs = (approvedTtlMs: number): number => Math.min(approvedTtlMs, MAX_SEAL_MS);

/**
 * What a passkey has to sign so that this action is approved, as of now. Nothing is kept of it: who approves sends it back.
 * @throws Refusal `not_found`; `action_moved_on` when it is decided already
 */
export async function toSign(
  db: Store,
  nowMs: number,
  approvedTtlMs: number,
  actionId: number,
): Promise<ResponseOf<typeof api.toSignAction>> {
  const row = await findAction(db, actionId, nowMs);
  if (row.status !== 'pending')
    throw new Refusal('action_moved_on', `Action #${actionId} is ${row.status} already`, {
      action_status: row.status,
    });
  const server = await sealedServer(db, row.server_id);
  if (server === null || server.agentKey === null) return { to_sign: null };
  const until = timestamp(nowMs + longestSealMs(approvedTtlMs));
  const terms = { requested_by: row.created_by, requested_at: row.created_at, until };
  const statement = statementOf(server.agentKey, orderCoreOf(row), terms);
  const { keys, problem } = server;
  return { to_sign: { statement, challenge: challengeOf(statement), keys, problem } };
}
