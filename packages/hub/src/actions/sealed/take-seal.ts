import {
  ApprovalSeal,
  type ApproverKey,
  type Assertion,
  type KeptSeal,
  sealOf,
  statementOf,
} from '@homelabcmd/protocol';
import { BrokenApproval, verifySeal } from '@homelabcmd/protocol/approval';
import type { LogTransaction } from '../../events/log.ts';
import { timestamp } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { ActionRow } from '../rows.ts';
import { assertOwn } from './owner.ts';
import { longestSealMs } from './to-sign.ts';
import { orderCoreOf, type SealedServer, sealedServer } from './sealing.ts';

/** What came with an approval: the passkey's answer, and until when what it signed holds. */
export interface GivenSeal {
  readonly until: string;
  readonly assertion: Assertion;
}

/**
 * On a sealed server an approval is one only with the seal of a passkey that root has enrolled there. The agent judges that
 * for itself; here it is judged as well, so that a mistake is said at once and nobody else's passkey is sent about.
 * @returns what is kept and sent; `null` on a server that is not sealed
 * @throws Refusal `seal_required`, `bad_seal`
 */
export async function takeSeal(
  open: LogTransaction,
  actor: string,
  row: ActionRow,
  given: GivenSeal | undefined,
  approvedTtlMs: number,
): Promise<KeptSeal | null> {
  const server = await sealedServer(open.tx, row.server_id);
  if (server === null) {
    if (given === undefined) return null;
    throw new Refusal(
      'bad_seal',
      `${row.server_id} is not sealed any more. Look at action #${row.action_id} again.`,
    );
  }
  if (given === undefined)
    throw new Refusal(
      'seal_required',
      `${row.server_id} is sealed: a passkey that root has enrolled on it has to sign this approval.`,
    );
  assertInTime(given.until, Date.parse(open.now), approvedTtlMs);
  const kept = keptOf(row, server, given, Date.parse(open.now));
  await assertOwn(open.tx, actor, kept.seal.credential_id);
  return kept;
}

function assertInTime(until: string, nowMs: number, approvedTtlMs: number): void {
  if (until <= timestamp(nowMs) || until > timestamp(nowMs + longestSealMs(approvedTtlMs)))
    throw new Refusal(
      'bad_seal',
      `What was signed holds until ${until}: that has passed, or is too far ahead. Sign again.`,
    );
}

function keptOf(row: ActionRow, server: SealedServer, given: GivenSeal, nowMs: number): KeptSeal {
  if (server.agentKey === null)
    throw new Refusal(
      'bad_seal',
      `No agent is enrolled on ${row.server_id}, so nothing can be approved for it.`,
    );
  if (server.problem !== null) throw new Refusal('bad_seal', server.problem);
  const terms = { requested_by: row.created_by, requested_at: row.created_at, until: given.until };
  const { data: seal } = ApprovalSeal.safeParse(sealOf(terms, given.assertion));
  if (seal === undefined) throw new Refusal('bad_seal', 'What the passkey answered cannot be read.');
  const statement = statementOf(server.agentKey, orderCoreOf(row), terms);
  const key = checked(() => verifySeal(statement, seal, server.keys, nowMs));
  return { statement, seal, key_name: key.name, public_key: key.public_key };
}

function checked(verify: () => ApproverKey): ApproverKey {
  try {
    return verify();
  } catch (cause) {
    if (cause instanceof BrokenApproval) throw new Refusal('bad_seal', cause.message);
    throw cause;
  }
}
