import {
  API_BASE,
  AS_OF_HEADER,
  PROBLEMS,
  Problem,
  type ProblemCode,
  type RouteContract,
} from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Handler, Principal } from '../lib/handler.ts';

export interface MountParts {
  /** Who sends this request. @throws Refusal */
  principalOf(request: FastifyRequest): Promise<Principal>;
  /** The newest committed event. */
  head(): number;
}

const ANY_ROUTE: readonly ProblemCode[] = ['bad_request', 'internal'];

/** Mounts one route: its schemas check what comes in and what goes out, its contract documents it. */
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
      const answer: unknown = await handler({ params, query, body, principal } as Parameters<Handler<R>>[0]);
      if (contract.status === 201) reply.header('location', locationOf(answer));
      return reply.code(contract.status).send(contract.status === 204 ? undefined : answer);
    },
  });
}

function schemaOf(contract: RouteContract) {
  const codes = [...contract.problems, ...ANY_ROUTE];
  if (!contract.open) codes.push('unauthenticated', 'forbidden');
  if (contract.params || contract.query || contract.body) codes.push('invalid');
  if (contract.body) codes.push('unsupported_media_type', 'too_large');
  const problems = Object.fromEntries(codes.map((code) => [PROBLEMS[code].status, Problem]));
  return {
    summary: contract.summary,
    tags: [contract.tag],
    ...(contract.open ? { security: [] } : {}),
    ...(contract.params ? { params: contract.params } : {}),
    ...(contract.query ? { querystring: contract.query } : {}),
    ...(contract.body ? { body: contract.body } : {}),
    response: { [contract.status]: contract.status === 204 ? z.undefined() : contract.response, ...problems },
  };
}

/** Where the thing that was just made can be read. */
function locationOf(answer: unknown): string {
  const made = answer as Partial<Record<'action_id' | 'service_name' | 'server_id', string | number>>;
  if (made.action_id !== undefined) return `${API_BASE}/actions/${made.action_id}`;
  const server = `${API_BASE}/servers/${made.server_id}`;
  if (made.service_name === undefined) return server;
  return `${server}/services/${encodeURIComponent(made.service_name)}`;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
  }
}
