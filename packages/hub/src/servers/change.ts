import { ORDER_OUT_STATUSES, type Server, type ServerFacts } from '@homelabcmd/protocol';
import type { Updateable } from 'kysely';
import type { EventLog, LogTransaction } from '../events/log.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Schema } from '../store/schema.ts';
import { findServer, noSuchServer, serverOf } from './view.ts';

const NO_MAINTENANCE = { on: false, until: null, reason: null };

export interface NewServer {
  readonly server_id: string;
  readonly display_name?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** Adds a server inside a transaction. @throws Refusal `already_exists` */
export async function addServer(log: LogTransaction, actor: string, server: NewServer): Promise<Server> {
  const { server_id: serverId, display_name = null, tags = [] } = server;
  const known = await log.tx
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (known) throw new Refusal('already_exists', `There is a server ${serverId} already`);
  await log.append({ type: 'server.created', serverId, actor }, async ({ revision, at }) => {
    await log.tx
      .insertInto('servers')
      .values({
        server_id: serverId,
        display_name,
        tags_json: JSON.stringify([...new Set(tags)]),
        liveness: 'never_seen',
        liveness_since: at,
        last_seen_at: null,
        facts_json: null,
        maintenance_json: JSON.stringify(NO_MAINTENANCE),
        created_at: at,
        revision,
      })
      .execute();
    return { server: await readServer(log, serverId) };
  });
  return readServer(log, serverId);
}

/** Changes columns of a server and tells of it. @throws Refusal `not_found` */
export async function updateServer(
  log: LogTransaction,
  serverId: string,
  actor: string,
  change: Omit<Updateable<Schema['servers']>, 'revision' | 'server_id'>,
): Promise<Server> {
  await findServer(log.tx, serverId);
  await log.append({ type: 'server.changed', serverId, actor }, async ({ revision }) => {
    await log.tx
      .updateTable('servers')
      .set({ ...change, revision })
      .where('server_id', '=', serverId)
      .execute();
    return { server: await readServer(log, serverId) };
  });
  return readServer(log, serverId);
}

/** Begins, changes or ends the maintenance of a server. One that has an end ends by itself. @throws Refusal `not_found` */
export async function setMaintenance(
  log: LogTransaction,
  serverId: string,
  actor: string,
  maintenance: Server['maintenance'],
): Promise<Server> {
  const server = await updateServer(log, serverId, actor, { maintenance_json: JSON.stringify(maintenance) });
  const { on, until, reason } = maintenance;
  const verb = on ? 'maintenance.begun' : 'maintenance.ended';
  await log.audit({ verb, actor, serverId, detail: on ? { until, reason } : {} });
  return server;
}

/** Writes what an agent says of its machine, when it differs from what is known. */
export async function recordFacts(log: EventLog, serverId: string, facts: ServerFacts): Promise<void> {
  await log.transaction(async (open) => {
    const row = await findServer(open.tx, serverId);
    const factsJson = JSON.stringify(facts);
    if (row.facts_json === factsJson) return;
    await updateServer(open, serverId, `agent:${serverId}`, { facts_json: factsJson });
  });
}

/**
 * Removes a server with its services, actions and the key of its agent. Its audit entries stay.
 * @throws Refusal `not_found`; `order_out` while an order may be at work there, unless forced
 */
export async function deleteServer(
  log: EventLog,
  serverId: string,
  actor: string,
  isForced: boolean,
): Promise<void> {
  await log.transaction(async ({ tx, append }) => {
    await findServer(tx, serverId);
    const out = await tx
      .selectFrom('actions')
      .select(['action_id', 'status'])
      .where('server_id', '=', serverId)
      .where('status', 'in', ORDER_OUT_STATUSES)
      .executeTakeFirst();
    if (out && !isForced) {
      throw new Refusal(
        'order_out',
        `Action #${out.action_id} is ${out.status} on ${serverId}. Wait for its outcome, or force the removal.`,
        { existing_action_id: out.action_id, action_status: out.status },
      );
    }
    await append({ type: 'server.deleted', serverId, actor }, async () => {
      const { numDeletedRows } = await tx
        .deleteFrom('servers')
        .where('server_id', '=', serverId)
        .executeTakeFirst();
      if (Number(numDeletedRows) !== 1) throw noSuchServer();
      return {};
    });
  });
}

async function readServer(log: LogTransaction, serverId: string): Promise<Server> {
  return serverOf(await findServer(log.tx, serverId), Date.parse(log.now));
}
