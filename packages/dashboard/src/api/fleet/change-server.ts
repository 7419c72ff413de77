import { type Server, api } from '@homelabcmd/protocol';
import type { QueryClient } from '@tanstack/react-query';
import { call } from '../call.ts';
import { applyFact } from '../live/live-query.ts';

/** Takes in what the hub has stored, from the answer: it may be here before the stream tells it. */
function adopt(client: QueryClient, server: Server): void {
  const { revision: id, server_id } = server;
  const at = server.liveness_since;
  applyFact(client, { id, at, type: 'server.changed', server_id, actor: 'hub', data: { server } });
}

export interface NameAndTags {
  readonly display_name: string | null;
  readonly tags: string[];
}

/** @throws ApiProblem `invalid` */
export async function changeServer(
  client: QueryClient,
  serverId: string,
  change: NameAndTags,
): Promise<void> {
  adopt(client, await call(api.changeServer, { params: { server_id: serverId }, body: change }));
}

export interface MaintenanceWish {
  readonly on: boolean;
  readonly until: string | null;
  readonly reason: string | null;
}

/** Orders may be sent to the server again. */
export async function releaseServer(client: QueryClient, serverId: string): Promise<void> {
  adopt(client, await call(api.releaseServer, { params: { server_id: serverId } }));
}

export async function setMaintenance(
  client: QueryClient,
  serverId: string,
  wish: MaintenanceWish,
): Promise<void> {
  adopt(client, await call(api.setMaintenance, { params: { server_id: serverId }, body: wish }));
}

/** @throws ApiProblem `order_out` while an order may be at work there, unless it is forced */
export async function removeServer(serverId: string, isForced: boolean): Promise<void> {
  await call(api.deleteServer, {
    params: { server_id: serverId },
    query: isForced ? { force: 'true' } : {},
  });
}
