import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SpoilingProxy extends AsyncDisposable {
  readonly url: string;
}

/** Passes on what the hub answers, but for one file, in which a byte is another one on arrival. */
export async function startSpoilingProxy(
  host: string,
  hubUrl: string,
  spoiledPath: string,
): Promise<SpoilingProxy> {
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(hubUrl + (request.url ?? ''));
      const body = Buffer.from(await answer.arrayBuffer());
      if (request.url === spoiledPath) body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      response.writeHead(answer.status).end(body);
    })();
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
