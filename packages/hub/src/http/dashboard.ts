import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.ts';
import { sendProblem } from './problems.ts';

/** Serves the built dashboard. Its pages have addresses of their own, which all begin with the one document. */
export async function mountDashboard(app: FastifyInstance, folder: string | null): Promise<void> {
  const isBuilt = folder !== null && existsSync(join(folder, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: folder,
      // What the build says of itself is nobody's business.
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Names of assets carry a hash of what they hold; the document does not.
        const isHashed = path.includes('/assets/');
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const pathname = request.url.split('?', 1)[0] ?? '';
    const isPage =
      request.method === 'GET' &&
      !pathname.startsWith('/api/') &&
      !pathname.startsWith('/agent/') &&
      !pathname.startsWith('/assets/');
    if (isPage && isBuilt) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return sendProblem(request, reply, new Refusal('not_found', 'There is nothing at this address.'));
  });
}
