import { Expectation, type Order, type Sealing, ServerFacts } from '@homelabcmd/protocol';
import type { Store } from '../../store/schema.ts';
import { statement } from '../../store/statement.ts';
import type { ActionRow } from '../rows.ts';

/** A server that root has sealed, and the agent on it. */
export interface SealedServer extends Sealing {
  /** By this key the agent knows itself; `null` when none is enrolled any more. */
  readonly agentKey: string | null;
}

const Facts = ServerFacts.pick({ sealed: true });

const factsAndKey = statement<{ serverId: string }, { facts_json: string | null; public_key: string | null }>(
  (db, { serverId }) =>
    db
      .selectFrom('servers')
      .leftJoin('agent_keys', 'agent_keys.server_id', 'servers.server_id')
      .select(['servers.facts_json', 'agent_keys.public_key'])
      .where('servers.server_id', '=', serverId),
);

/** What the agent of this server has said of whom it wants to hear; `null` when the server is not sealed. */
export async function sealedServer(db: Store, serverId: string): Promise<SealedServer | null> {
  const [row] = (await factsAndKey(db, { serverId })).rows;
  if (!row?.facts_json) return null;
  const { sealed } = Facts.parse(JSON.parse(row.facts_json));
  return sealed === undefined ? null : { ...sealed, agentKey: row.public_key };
}

/** Those parts of an order that are decided when it is asked for. */
export const orderCoreOf = (row: ActionRow) =>
  ({
    order_id: row.order_id,
    action_id: row.action_id,
    digest: row.digest,
    kind: row.kind,
    target: row.target,
    verb: row.verb,
    expect: row.expect_json === null ? null : Expectation.parse(JSON.parse(row.expect_json)),
  }) satisfies Partial<Order>;
