import { API_BASE, EVENTS_PATH, SCRAPE_PATH } from '@homelabcmd/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Durations } from '../figures/durations.ts';
import { CONTENT_TYPE } from '../figures/exposition.ts';
import type { SignedIn } from './entry/authentication.ts';

export interface FigureParts {
  readonly durations: Durations;
  /** In the text format of Prometheus. */
  scrape(): Promise<string>;
}

/** Measures every request but the live stream, which lasts as long as its reader stays. Call it before anything is mounted. */
export function measureRequests(app: FastifyInstance, { durations }: FigureParts): void {
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.url?.endsWith(API_BASE + EVENTS_PATH)) return;
    durations.observe(request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
}

/** What Prometheus asks for, by a key with the scope `read`. */
export function mountScrape(
  app: FastifyInstance,
  parts: FigureParts & { permit(request: FastifyRequest): Promise<SignedIn | null> },
): void {
  app.get(SCRAPE_PATH, {
    onRequest: async (request) => {
      request.signedIn = await parts.permit(request);
    },
    handler: async (_, reply) =>
      reply
        .type(CONTENT_TYPE)
        .header('cache-control', 'no-store')
        .send(await parts.scrape()),
  });
}
