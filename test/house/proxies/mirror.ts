import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { HubProcess } from '../hub-process.ts';
import { type Handed, handOut } from './false-releases.ts';

/** Below this address a hub serves the agent's release. */
export const FILES = '/agent/v1/files/';

export interface Mirror extends AsyncDisposable {
  readonly url: string;
  /** What it hands out now. */
  handed: Handed;
}

/**
 * Stands before a hub with that hub's own key, as somebody does who broke in there, and hands out whatever it is told to in
 * the place of the agent's release. All else, the link too, is the hub's.
 */
export async function startMirror(host: string, hub: HubProcess): Promise<Mirror> {
  const [key, cert] = ['key.pem', 'certificate.pem'].map((name) =>
    readFileSync(join(hub.dataDir, 'tls', name)),
  );
  const { hostname, port } = new URL(hub.url);
  const mirror = { handed: new Map() as Handed };
  const server = createServer({ key, cert }, (request, response) => {
    const name = decodeURIComponent(request.url?.slice(FILES.length) ?? '');
    const own = request.url?.startsWith(FILES) === true ? mirror.handed.get(name) : undefined;
    if (own !== undefined) return handOut(own, response);
    void fetch(hub.url + (request.url ?? '')).then(async (answer) => {
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket) => {
    const onward = connect({ socket: connectPlain(Number(port), hostname), rejectUnauthorized: false });
    onward.write(`GET ${request.url} HTTP/1.1\r\n`);
    for (let at = 0; at < request.rawHeaders.length; at += 2)
      onward.write(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}\r\n`);
    onward.write('\r\n');
    onward.pipe(socket).pipe(onward);
    for (const end of [onward, socket])
      end.on('error', () => [onward, socket].forEach((one) => one.destroy()));
  });
  server.listen(0, host);
  await once(server, 'listening');
  return Object.assign(mirror, {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  });
}
