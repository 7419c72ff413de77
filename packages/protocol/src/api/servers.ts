import { z } from 'zod';
import { Liveness, Server } from '../server.ts';
import { ServerId, Timestamp } from '../text.ts';
import { listOf, Nothing, Paging } from './paging.ts';
import { route } from './route.ts';

export const ServerParams = z.object({ server_id: z.string().max(255) });
const Tag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'Use 1 to 32 lower-case letters, digits and hyphens');
const DisplayName = z.string().trim().min(1).max(100);

export const serverRoutes = {
  listServers: route({
    method: 'GET',
    path: '/servers',
    summary: 'List the servers, by id',
    tag: 'servers',
    query: Paging.extend({ liveness: Liveness.optional(), tag: Tag.optional() }),
    status: 200,
    response: listOf('servers', Server),
    problems: [],
  }),
  createServer: route({
    method: 'POST',
    path: '/servers',
    summary: 'Add a server before its agent is there',
    tag: 'servers',
    body: z.strictObject({
      server_id: ServerId,
      display_name: DisplayName.nullish(),
      tags: z.array(Tag).max(20).optional(),
    }),
    status: 201,
    response: Server,
    problems: ['already_exists'],
  }),
  getServer: route({
    method: 'GET',
    path: '/servers/:server_id',
    summary: 'One server',
    tag: 'servers',
    params: ServerParams,
    status: 200,
    response: Server,
    problems: ['not_found'],
  }),
  changeServer: route({
    method: 'PATCH',
    path: '/servers/:server_id',
    summary: 'Change the name or the tags of a server',
    tag: 'servers',
    params: ServerParams,
    body: z.strictObject({
      display_name: DisplayName.nullable().optional(),
      tags: z.array(Tag).max(20).optional(),
    }),
    status: 200,
    response: Server,
    problems: ['not_found'],
  }),
  deleteServer: route({
    method: 'DELETE',
    path: '/servers/:server_id',
    summary: 'Remove a server with its services and actions, and shut its agent out',
    tag: 'servers',
    params: ServerParams,
    query: z.object({ force: z.stringbool().default(false) }),
    status: 204,
    response: Nothing,
    problems: ['not_found', 'order_out'],
  }),
  setMaintenance: route({
    method: 'PUT',
    path: '/servers/:server_id/maintenance',
    summary: 'Begin or end maintenance of a server',
    tag: 'servers',
    params: ServerParams,
    body: z.strictObject({
      on: z.boolean(),
      until: Timestamp.nullish(),
      reason: z.string().max(500).nullish(),
    }),
    status: 200,
    response: Server,
    problems: ['not_found'],
  }),
  releaseServer: route({
    method: 'POST',
    path: '/servers/:server_id/release',
    summary: 'Lift the quarantine of a server: orders may be sent to it again',
    tag: 'servers',
    params: ServerParams,
    status: 200,
    response: Server,
    problems: ['not_found'],
  }),
} as const;
