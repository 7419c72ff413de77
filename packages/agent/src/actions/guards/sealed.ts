import { type Order, type Sealing, statementOf } from '@homelabcmd/protocol';
import { BrokenApproval, verifySeal } from '@homelabcmd/protocol/approval';
import { Refused } from '../refused.ts';

/**
 * On a server that root has sealed, an order is carried out only if one of the passkeys that root has enrolled here has
 * signed exactly it, for this agent, and until now. What was signed is put together from the order itself; nothing is
 * taken on the hub's word.
 * @param sealing `null`: the server is not sealed
 * @throws Refused
 */
export function assertSealed(
  order: Order,
  sealing: Sealing | null,
  { agentKey, nowMs }: { readonly agentKey: string; readonly nowMs: number },
): void {
  if (sealing === null) return;
  const { approval_seal: seal } = order;
  if (seal === undefined)
    throw new Refused(
      'not_sealed',
      "This server carries out only what an approver's passkey has signed, and nothing signed came with this order.",
    );
  if (sealing.problem !== null) throw new Refused('bad_seal', sealing.problem);
  try {
    verifySeal(statementOf(agentKey, order, seal), seal, sealing.keys, nowMs);
  } catch (cause) {
    if (!(cause instanceof BrokenApproval)) throw cause;
    throw new Refused('bad_seal', `The approval is not one for this server. ${cause.message}`);
  }
}
