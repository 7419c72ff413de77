import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refusal } from '../lib/refusal.ts';
import { policyWith } from './content-policy.ts';
import { sendProblem } from './problems.ts';

/** Serves the built dashboard. Its pages have addresses of their own, which all begin with the one document. */
export async function mountDashboard(
  app: FastifyInstance,
  folder: string | null,
  basePath: string,
): Promise<void> {
  const document = folder === null ? null : documentOf(join(folder, 'index.html'), basePath);
  if (folder !== null && document !== null) {
    const files = filesIn(folder);
    app.get('/', { prefixTrailingSlash: 'slash' }, (_, reply) => sendDocument(reply, document));
    app.get('/index.html', (_, reply) => sendDocument(reply, document));
    await app.register(fastifyStatic, {
      root: folder,
      index: false,
      serve: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Names of assets carry a hash of what they hold; the document does not.
        const isHashed = path.includes('/assets/');
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    // Any other is the address of a page, also one with a backslash, as names of units have it.
    app.get<{ Params: { '*': string } }>('/*', ({ params }, reply) =>
      files.has(params['*']) ? reply.sendFile(params['*']) : reply.callNotFound(),
    );
  }
  app.setNotFoundHandler((request, reply) => {
    const pathname = (request.url.split('?', 1)[0] ?? '').slice(basePath.length);
    const isPage =
      request.method === 'GET' &&
      !pathname.startsWith('/api/') &&
      !pathname.startsWith('/agent/') &&
      !pathname.startsWith('/assets/');
    if (isPage && document !== null) return sendDocument(reply, document);
    return sendProblem(request, reply, new Refusal('not_found', 'There is nothing at this address.'));
  });
}

/** The files of the built dashboard by their paths. What the build says of itself, in names with a dot, is nobody's business. */
function filesIn(folder: string): ReadonlySet<string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Set(paths.filter((path) => !/(?:^|\/)\./.test(path) && statSync(join(folder, path)).isFile()));
}

/** The one document, told where it lives; `null` when the dashboard has not been built. */
function documentOf(file: string, basePath: string): string | null {
  if (!existsSync(file)) return null;
  return readFileSync(file, 'utf8').replace('<base href="/"', `<base href="${basePath}/"`);
}

/** Each time with a new word for the styles that it writes itself. */
function sendDocument(reply: FastifyReply, document: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .header('content-security-policy', policyWith(nonce))
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(document.replace(EMPTY_NONCE, `name="style-nonce" content="${nonce}"`));
}

const EMPTY_NONCE = 'name="style-nonce" content=""';
