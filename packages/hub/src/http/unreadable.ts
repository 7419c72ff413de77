import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.ts';
import { refuseOnSocket } from '../lib/refuse-on-socket.ts';

interface Due {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What has still to be answered on a connection, oldest first. */
const due = new WeakMap<Duplex, Set<Due>>();
const refused = new WeakSet<Duplex>();

/** Remembers what has to be answered before anything else may be said on a connection. */
export function keepAnswersWhole(server: Server): void {
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    const one = { request, response };
    due.set(socket, (due.get(socket) ?? new Set()).add(one));
    finished(response, () => due.get(socket)?.delete(one));
  });
}

/**
 * What could not be read as a request ends here, before there is one that anything could be asked of. The requests before it
 * are answered first, each as a whole: what is said in the midst of an answer, or in its place, would be taken for it.
 */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  // Whatever still comes on this connection cannot be read either.
  if (refused.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const open = [...(due.get(socket) ?? [])];
  const broken = open.find(({ request }) => !request.complete);
  const before = open.filter((one) => one !== broken);
  let left = before.length;
  const refuse = () => {
    if (broken?.response.headersSent || !socket.writable) socket.destroy();
    else refuseOnSocket(socket, refusalOf(error.code));
  };
  if (left === 0) refuse();
  for (const { response } of before)
    finished(response, () => {
      left -= 1;
      if (left === 0) refuse();
    });
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Refusal('headers_too_large', 'The address and the headers may be at most 16 KiB together.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Refusal('too_slow', 'The request did not come to its end in time. Send it again.');
  return new Refusal('bad_request', 'What was sent is no request of HTTP.');
}

/** Node would refuse a request without a host with an empty answer, so it is told to let it in, and it is refused here. */
export const LETS_IN_WITHOUT_HOST = { requireHostHeader: false } as const;

export function refuseWithoutHost(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      throw new Refusal('bad_request', 'The request names no host. Every request of HTTP/1.1 does.');
  });
}

/** An expectation that nobody knows is passed over, as HTTP allows: Node would refuse it with an empty answer. */
export function passOverExpectations(server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage, response) => {
    server.emit('request', request, response);
  });
}
