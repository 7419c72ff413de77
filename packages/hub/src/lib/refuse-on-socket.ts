import type { Duplex } from 'node:stream';
import type { Refusal } from './refusal.ts';

/** Refuses on a connection for which no HTTP library answers, by a problem document, and closes it. */
export function refuseOnSocket(socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => undefined);
  const problem = refusal.toProblem(crypto.randomUUID().slice(0, 8));
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
