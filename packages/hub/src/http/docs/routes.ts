import type { FastifyInstance } from 'fastify';
import { openApiOf } from './document.ts';
import { docsPage } from './page.ts';
import { docsStyle } from './style.ts';

/** Only its own style sheet, and an icon: the page has no script, and nothing that it shows can become one. */
const CSP = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The description of the API, for programs and for people. It tells nothing of this hub but its version, so it needs no key. */
export function mountDocs(app: FastifyInstance, about: { version: string; basePath: string }): void {
  const document = openApiOf(about);
  const page = docsPage(document, about.basePath);
  const helmet = { contentSecurityPolicy: { useDefaults: false, directives: CSP } };
  app.get('/api/openapi.json', async () => document);
  app.get('/api/docs', { helmet }, (_, reply) =>
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page),
  );
  app.get('/api/docs.css', (_, reply) =>
    reply.header('cache-control', 'no-cache').type('text/css; charset=utf-8').send(docsStyle),
  );
}
