import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { RELEASE_DIR } from '../../../lab/index.ts';
import type { HubProcess } from '../hub-process.ts';

const FILES = '/agent/v1/files/';

/** What is handed out in the place of the hub's own file of that name; a whole answer, where it is a function. */
export type Handed = Map<
  string,
  Buffer | ((request: IncomingMessage) => { status: number; headers: object })
>;

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
    if (Buffer.isBuffer(own)) return void response.end(own);
    if (own !== undefined) {
      const { status, headers } = own(request);
      return void response.writeHead(status, { ...headers }).end();
    }
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

interface Manifest {
  version: string;
  released_at: string;
  files: Record<string, { sha256: string; bytes: number }>;
}

/** The release of this checkout, changed and signed anew; by the key that the checkout signs with, where no other is given. */
export function releaseOf(
  change: (manifest: Manifest) => void,
  { key = ownKey(), files = {} }: { key?: KeyObject; files?: Record<string, Buffer> } = {},
): Handed {
  const manifest = JSON.parse(readFileSync(join(RELEASE_DIR, 'release.json'), 'utf8')) as Manifest;
  for (const [name, bytes] of Object.entries(files))
    manifest.files[name] = {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    };
  change(manifest);
  const bytes = Buffer.from(JSON.stringify(manifest));
  const handed: Handed = new Map(Object.entries(files));
  handed.set('release.json', bytes);
  handed.set('release.sig', sign(null, bytes, key));
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return handed.set('release-key.pem', Buffer.from(pem));
}

/** In a checkout it is there after the first build; it is never where a hub runs from a release. */
const ownKey = (): KeyObject =>
  createPrivateKey(readFileSync(join(RELEASE_DIR, '../../release-key.pem'), 'utf8'));
