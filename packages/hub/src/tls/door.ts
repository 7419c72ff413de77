import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Refusal } from '../lib/refusal.ts';
import type { Certificate } from './certificate.ts';
import type { HubTls } from './hub-tls.ts';

const FIRST_BYTE_WITHIN_MS = 10_000;
const SLOW_ONES_LOOKED_FOR_EVERY_MS = 2000;
/** With this byte every TLS connection begins, and no request of HTTP (RFC 8446, 5.1: a record of type 22). */
const HANDSHAKE = 22;

/**
 * Lets an HTTP server speak TLS on the same port. What comes in is told apart by its first byte:
 *
 *   connected ──TLS──────────────────────────────────────────► served, encrypted
 *       ├──────plain, from this machine or a listed proxy────► served
 *       ├──────plain, from elsewhere─────────────────────────► shown the way to https, and served nothing
 *       └──────silent────────────────────────────────────────► ended
 *
 * @param mayBePlain whether what comes from this address in clear is served
 */
export function openDoor(server: Server, tls: HubTls, mayBePlain: (address: string) => boolean): Disposable {
  const secure = serverOverTls(server, tls.certificate);
  tls.onChange((certificate) => secure.setSecureContext(contextOf(certificate)));
  const refusing = createServer(
    { connectionsCheckingInterval: SLOW_ONES_LOOKED_FOR_EVERY_MS, headersTimeout: FIRST_BYTE_WITHIN_MS },
    showTheWay,
  );
  const [serve] = server.listeners('connection') as ((socket: Socket) => void)[];
  if (serve === undefined) throw new Error('this server takes no connections');
  const sockets = new Set<Socket>();
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setTimeout(FIRST_BYTE_WITHIN_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', (first: Buffer) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(first);
      if (first[0] === HANDSHAKE) secure.emit('connection', socket);
      else if (mayBePlain(socket.remoteAddress ?? '')) serve.call(server, socket);
      else refusing.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  // None of the two listens by itself, which is when a server begins to end connections that take too long.
  secure.emit('listening');
  refusing.emit('listening');
  return {
    [Symbol.dispose]() {
      for (const door of [secure, refusing]) {
        door.closeAllConnections();
        door.close();
      }
      // Also those that have said nothing yet, and those below a connection of TLS that ended while it began.
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Hands all that comes by TLS to the server that knows what to do with it. */
function serverOverTls(server: Server, certificate: Certificate): TlsServer {
  const secure = createTlsServer({
    ...contextOf(certificate),
    // No other protocol can be made to speak to the hub with its certificate.
    ALPNProtocols: ['http/1.1'],
    // What is refused, and how, is said by the server behind it.
    requireHostHeader: false,
    handshakeTimeout: FIRST_BYTE_WITHIN_MS,
    connectionsCheckingInterval: SLOW_ONES_LOOKED_FOR_EVERY_MS,
  });
  secure.keepAliveTimeout = server.keepAliveTimeout;
  secure.headersTimeout = server.headersTimeout;
  secure.requestTimeout = server.requestTimeout;
  secure.on('request', (request, response) => server.emit('request', request, response));
  secure.on('checkExpectation', (request, response) => server.emit('request', request, response));
  secure.on('upgrade', (request, socket, head) => server.emit('upgrade', request, socket, head));
  secure.on('clientError', (error, socket) => {
    if (!server.emit('clientError', error, socket)) socket.destroy();
  });
  secure.on('tlsClientError', (_, socket) => socket.destroy());
  return secure;
}

const contextOf = ({ key, chain }: Certificate) => ({ key, cert: chain, minVersion: 'TLSv1.3' }) as const;

const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

/** What was sent in clear is answered by where to send it: a browser goes there by itself, a program is told. */
function showTheWay(request: IncomingMessage, response: ServerResponse): void {
  const { host = '', 'x-api-key': key } = request.headers;
  const mayFollow = (request.method === 'GET' || request.method === 'HEAD') && key === undefined;
  response.setHeader('connection', 'close');
  if (mayFollow && HOST.test(host) && request.url?.startsWith('/') === true) {
    response.writeHead(307, { location: `https://${host}${request.url}` }).end();
    return;
  }
  const exposed =
    key === undefined ? '' : ' The key of this request has crossed the network in clear: replace it.';
  const detail = `From other machines this hub is reached by https:// on the same port.${exposed}`;
  const problem = new Refusal('use_https', detail).toProblem(crypto.randomUUID().slice(0, 8));
  response
    .writeHead(problem.status, { 'content-type': 'application/problem+json', upgrade: 'TLS/1.3, HTTP/1.1' })
    .end(JSON.stringify(problem));
}
