import { Readable } from 'node:stream';
import { API_BASE, AS_OF_HEADER, type GuardedRoute, type RouteContract } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FileAnswer } from '../lib/file-answer.ts';
import type { Call, Handler } from '../lib/handler.ts';
import type { SignedIn } from './entry/authentication.ts';
import { addressOf, originOf, type Reach } from './entry/origin.ts';
import { assertProved } from './entry/permit.ts';
import type { Clock } from '../lib/clock.ts';
import type { WishesInFlight } from './idempotency.ts';

export interface MountParts {
  /** Who sends this request, if they may. @throws Refusal */
  permit(request: FastifyRequest, name: GuardedRoute): Promise<SignedIn | null>;
  /** The newest committed event. */
  head(): number;
  readonly clock: Clock;
  readonly reach: Reach;
  readonly wishes: WishesInFlight;
}

/** Mounts one route: its line in the table of who may, and its schemas, check what comes in and what goes out. */
export function mount<R extends RouteContract>(
  app: FastifyInstance,
  name: GuardedRoute,
  contract: R,
  handler: Handler<R>,
  parts: MountParts,
): void {
  app.route({
    method: contract.method,
    url: API_BASE + contract.path,
    schema: schemaOf(contract),
    onRequest: async (request) => {
      request.signedIn = await parts.permit(request, name);
    },
    handler: async (request, reply) => {
      // Read before the handler reads: everything up to here is sure to be in its answer.
      if (contract.method === 'GET') reply.header(AS_OF_HEADER, parts.head());
      const signedIn = request.signedIn ?? nobodyAt(name);
      using held = parts.wishes.hold(contract, request, signedIn.principal);
      const answer: unknown = await handler(callOf<R>(request, signedIn, held.wish, parts));
      if (answer instanceof FileAnswer) return sendFile(reply, answer);
      const location = contract.status === 201 ? locationOf(answer) : null;
      if (location !== null) reply.header('location', parts.reach.basePath + location);
      return reply.code(contract.status).send(contract.status === 204 ? undefined : answer);
    },
  });
}

type Asking = Pick<SignedIn, 'principal' | 'session'>;

/** A job that pings is nobody: the token in the address is all that it has. @throws for any other route without a door of its own */
function nobodyAt(name: GuardedRoute): Asking {
  if (name !== 'ping') throw new Error(`${name} is open to anyone and has no door of its own`);
  const principal = { id: 'ping', name: 'ping', kind: 'key', userId: null, role: null, scopes: [] } as const;
  return { principal, session: null };
}

function callOf<R extends RouteContract>(
  request: FastifyRequest,
  signedIn: Asking,
  wish: Call<R>['wish'],
  { clock, reach }: MountParts,
): Call<R> {
  const { params, query, body } = request as Pick<Call<R>, 'params' | 'query' | 'body'>;
  const { principal, session } = signedIn;
  return {
    ...{ params, query, body, principal, session, wish },
    origin: originOf(request, reach),
    from: { actor: principal.name, address: addressOf(request) },
    assertProved: (proof) => assertProved(signedIn, proof, clock),
  };
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
    /** `null` on a route that is open to anyone. */
    signedIn: SignedIn | null;
  }
}
