import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.ts';

/** What could not be read as a request ends here, before there is one that anything could be asked of. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = refusalOf(error.code).toProblem(crypto.randomUUID().slice(0, 8));
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // What the sender still has on its way is not waited for.
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
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
