import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { HubProcess } from '../hub-process.ts';

export interface SpoilingProxy extends AsyncDisposable {
  readonly url: string;
}

/**
 * Passes on what the hub answers, but for one file, in which a byte is another one on arrival. It has the hub's own key, as
 * somebody has who broke in there: what it hands out must be found out by other means than TLS.
 */
export async function startSpoilingProxy(
  host: string,
  hub: HubProcess,
  spoiledPath: string,
): Promise<SpoilingProxy> {
  const [key, cert] = ['key.pem', 'certificate.pem'].map((name) =>
    readFileSync(join(hub.dataDir, 'tls', name)),
  );
  const server = createServer({ key, cert }, (request, response) => {
    void (async () => {
      const answer = await fetch(hub.url + (request.url ?? ''));
      const body = Buffer.from(await answer.arrayBuffer());
      if (request.url === spoiledPath) body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      response.writeHead(answer.status).end(body);
    })();
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    url: `https://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
