import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { fastifySSE } from '@fastify/sse';
import { api } from '@homelabcmd/protocol';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Handlers } from '../lib/handler.ts';
import type { Logger } from '../lib/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { type AgentFiles, mountAgentFiles } from './agent-files.ts';
import { type FigureParts, measureRequests, mountScrape } from './figures.ts';
import { directivesOf } from './content-policy.ts';
import { mountDashboard } from './dashboard.ts';
import { mountDocs } from './docs/routes.ts';
import { WishesInFlight } from './idempotency.ts';
import { limitInFlight } from './in-flight.ts';
import { mount, type MountParts } from './mount.ts';
import { installProblems, sendProblem } from './problems.ts';
import { watchRoutes } from './entry/every-route.ts';
import { permit } from './entry/permit.ts';
import type { SESSION_ROUTES, SessionParts } from './entry/session-parts.ts';
import { mountSession } from './entry/session-routes.ts';
import { mountStream, type StreamParts } from './stream.ts';
import {
  keepAnswersWhole,
  LETS_IN_WITHOUT_HOST,
  passOverExpectations,
  refuseUnreadable,
  refuseWithoutHost,
} from './unreadable.ts';

type FeatureRoutes = Omit<typeof api, (typeof SESSION_ROUTES)[number]>;

export interface HttpParts {
  readonly logger: Logger;
  readonly handlers: Handlers<FeatureRoutes>;
  readonly session: SessionParts;
  readonly stream: Omit<StreamParts, 'permit'>;
  /** The folder of the built dashboard; `null` serves the API alone. */
  readonly dashboardDir: string | null;
  /** Empty, or where the hub lives on its host: `/homelab`. */
  readonly basePath: string;
  /** Whose word on who asks and how is taken. */
  readonly trustedProxies: readonly string[];
  readonly agentFiles: AgentFiles;
  readonly figures: FigureParts;
  /** @throws when the store does not answer */
  assertReady(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** Longer than Node lets an address be, so that a name is refused by its schema, with the reason, and never by the router. */
const MAX_PARAM_LENGTH = 16_384;

/** The door by which people and programs enter. It does not listen yet. */
export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: parts.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: parts.trustedProxies.length === 0 ? false : [...parts.trustedProxies],
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    forceCloseConnections: true,
    http: LETS_IN_WITHOUT_HOST,
    clientErrorHandler: refuseUnreadable,
    genReqId: () => crypto.randomUUID().slice(0, 8),
    frameworkErrors: (error, request, reply) => {
      const refusal =
        error.code === 'FST_ERR_BAD_URL'
          ? new Refusal('invalid', 'The address holds bytes that are not UTF-8. Encode names as UTF-8.')
          : new Refusal('bad_request', 'The request cannot be read.');
      void sendProblem(request, reply, refusal);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installProblems(app);
  keepAnswersWhole(app.server);
  passOverExpectations(app.server);
  refuseWithoutHost(app);
  acceptJsonAlone(app);
  app.decorateRequest('signedIn', null);
  const allAreInTable = watchRoutes(app, parts.basePath);
  await app.register(cookie);
  await app.register(helmet, HEADERS);
  keepOpenersOut(app);
  await app.register(fastifySSE);
  limitInFlight(app);
  measureRequests(app, parts.figures);
  await app.register(async (site) => mountSite(site, parts), { prefix: parts.basePath });
  allAreInTable();
  if (parts.basePath !== '') refuseElsewhere(app, parts.basePath);
  return app;
}

/** Everything that the hub serves, below its base path. */
async function mountSite(site: FastifyInstance, parts: HttpParts): Promise<void> {
  mountHealth(site, parts);
  mountDocs(site, { version: parts.session.version, basePath: parts.basePath });
  mountAgentFiles(site, parts.agentFiles);
  await site.register(async (routes) => mountAll(routes, parts));
  await mountDashboard(site, parts.dashboardDir, parts.basePath);
}

/** Above the base path there is nothing, but a browser that asks for the bare host, or forgets the slash, is shown the way. */
function refuseElsewhere(app: FastifyInstance, basePath: string): void {
  for (const path of ['/', basePath]) app.get(path, (_, reply) => reply.redirect(`${basePath}/`));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      new Refusal('not_found', `There is nothing here. The hub is at ${basePath}/`),
    ),
  );
}

const HEADERS = {
  contentSecurityPolicy: { useDefaults: false, directives: directivesOf(null) },
  hsts: false,
  crossOriginOpenerPolicy: false,
};

/**
 * A page of another site that opened ours has no hold on it. Browsers heed this only over TLS and on the machine itself,
 * where they also send `Sec-Fetch-Dest`; anywhere else they complain of it on the console.
 */
function keepOpenersOut(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers['sec-fetch-dest'] !== undefined)
      reply.header('cross-origin-opener-policy', 'same-origin');
  });
}

/** Many clients say that the body is JSON also when there is none; a route that needs one says so by its schema. */
function acceptJsonAlone(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}

function mountAll(app: FastifyInstance, parts: HttpParts): void {
  const mountParts: MountParts = {
    permit: (request, name) => permit(request, name, parts.session),
    head: () => parts.stream.log.head,
    clock: parts.session.clock,
    reach: parts.session,
    wishes: new WishesInFlight(),
  };
  for (const name of Object.keys(parts.handlers) as (keyof FeatureRoutes)[]) {
    mountNamed(app, name, parts.handlers, mountParts);
  }
  mountSession(app, parts.session);
  mountStream(app, { ...parts.stream, permit: (request) => permit(request, 'followEvents', parts.session) });
  mountScrape(app, { ...parts.figures, permit: (request) => permit(request, 'scrape', parts.session) });
}

/** One name at a time, so that the compiler sees that handler and contract belong together. */
function mountNamed<K extends keyof FeatureRoutes>(
  app: FastifyInstance,
  name: K,
  handlers: Handlers<FeatureRoutes>,
  parts: MountParts,
): void {
  mount<FeatureRoutes[K]>(app, name, api[name], handlers[name], parts);
}

function mountHealth(app: FastifyInstance, parts: HttpParts): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    try {
      await parts.assertReady();
    } catch {
      throw new Refusal('unavailable', 'The store does not answer.');
    }
    return { status: 'ready' };
  });
}
