import { Readable } from 'node:stream';
import { API_BASE, AS_OF_HEADER, type RouteContract } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FileAnswer } from '../lib/file-answer.ts';
import type { Handler, Principal } from '../lib/handler.ts';
import type { WishesInFlight } from './idempotency.ts';
import { addressOf, originOf, type Reach } from './origin.ts';

export interface MountParts {
  /** Who sends this request. @throws Refusal */
  principalOf(request: FastifyRequest): Promise<Principal>;
  /** The newest committed event. */
  head(): number;
  readonly reach: Reach;
  readonly wishes: WishesInFlight;
}

/** Mounts one route: its schemas check what comes in and what goes out. */
export function mount<R extends RouteContract>(
  app: FastifyInstance,
  contract: R,
  handler: Handler<R>,
  parts: MountParts,
): void {
  app.route({
    method: contract.method,
    url: API_BASE + contract.path,
    schema: schemaOf(contract),
    // Before the body is read and before anything is validated: a stranger learns nothing, not even what is wrong.
    onRequest: async (request) => {
      if (!contract.open) request.principal = await parts.principalOf(request);
    },
    handler: async (request, reply) => {
      // Read before the handler reads: everything up to here is sure to be in its answer.
      if (contract.method === 'GET') reply.header(AS_OF_HEADER, parts.head());
      const { params, query, body, principal } = request;
      using held = parts.wishes.hold(contract, request);
      const call = {
        params,
        query,
        body,
        principal,
        origin: originOf(request, parts.reach),
        wish: held.wish,
        // A route that is open has nobody who asks; its handler sees to that itself.
        from: { actor: contract.open ? '' : principal.name, address: addressOf(request) },
      };
      const answer: unknown = await handler(call as Parameters<Handler<R>>[0]);
      if (answer instanceof FileAnswer) return sendFile(reply, answer);
      const location = contract.status === 201 ? locationOf(answer) : null;
      if (location !== null) reply.header('location', parts.reach.basePath + location);
      return reply.code(contract.status).send(contract.status === 204 ? undefined : answer);
    },
  });
}

/** What Fastify checks: all that comes in, and what goes out as JSON. */
function schemaOf(contract: RouteContract) {
  const isJson = contract.status !== 204 && !contract.file;
  return {
    ...(contract.params ? { params: contract.params } : {}),
    ...(contract.query ? { querystring: contract.query } : {}),
    ...(contract.body ? { body: contract.body } : {}),
    ...(isJson ? { response: { [contract.status]: contract.response } } : {}),
  };
}

function sendFile(reply: FastifyReply, { contentType, fileName, chunks }: FileAnswer): FastifyReply {
  return reply
    .type(contentType)
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(Readable.from(chunks));
}

/** Where the thing that was just made can be read, if it has an address of its own. */
function locationOf(answer: unknown): string | null {
  const made = answer as Partial<Record<'action_id' | 'service_name' | 'server_id', string | number>>;
  if (made.action_id !== undefined) return `${API_BASE}/actions/${made.action_id}`;
  if (made.server_id === undefined) return null;
  const server = `${API_BASE}/servers/${made.server_id}`;
  if (made.service_name === undefined) return server;
  return `${server}/services/${encodeURIComponent(made.service_name)}`;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
  }
}
