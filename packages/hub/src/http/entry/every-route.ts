import { API_BASE, api, EVENTS_PATH, POLICY, type RouteContract, SCRAPE_PATH } from '@homelabcmd/protocol';
import type { FastifyInstance } from 'fastify';

/**
 * Holds every route that is mounted against the table of who may do what. Call it before anything is mounted.
 * @returns what to call when all is mounted
 * @throws when a route has no line in the table, or a line of the table is served by no route
 */
export function watchRoutes(app: FastifyInstance, basePath: string): () => void {
  const mounted = new Set<string>();
  app.addHook('onRoute', ({ method, url }) => {
    const methods = Array.isArray(method) ? method : [method];
    // Fastify answers HEAD as it answers GET, by the same hooks.
    for (const one of methods) if (one !== 'HEAD') mounted.add(`${one} ${url.slice(basePath.length) || '/'}`);
  });
  return () => {
    const known = new Set(linesOfTable());
    const unknown = [...mounted].filter((route) => !known.has(route));
    if (unknown.length > 0)
      throw new Error(`No line in the table of who may do what: ${unknown.toSorted().join(', ')}`);
  };
}

/** Every line of the table for a route, as `METHOD /path`. */
export function linesOfTable(): string[] {
  const contracts: Record<string, Pick<RouteContract, 'method' | 'path'>> = api;
  const apart = new Map([
    ['followEvents', `GET ${API_BASE}${EVENTS_PATH}`],
    ['scrape', `GET ${SCRAPE_PATH}`],
  ]);
  const routes = Object.keys(POLICY.routes).map((name) => {
    const line = apart.get(name);
    if (line !== undefined) return line;
    const contract = contracts[name];
    if (contract === undefined)
      throw new Error(`The table of who may do what names ${name}, which is no route`);
    return `${contract.method} ${API_BASE}${contract.path}`;
  });
  return [...routes, ...Object.keys(POLICY.pages)];
}
