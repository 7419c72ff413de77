import type { AddressInfo } from 'node:net';
import { ServerFacts } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import packageJson from '../package.json' with { type: 'json' };
import { admitAgent, makeEnrolmentToken } from './access/enrolment.ts';
import { ensureBootstrapKey, principalOfKey } from './access/keys.ts';
import { accessHandlers } from './access/routes.ts';
import { closeSession, openSession, principalOfSession } from './access/sessions.ts';
import { Deadlines } from './actions/deadlines.ts';
import { Dispatcher } from './actions/dispatch.ts';
import { receiveProgress, receiveResult } from './actions/outcome.ts';
import { actionHandlers } from './actions/routes.ts';
import { auditCursor, recordAudit } from './audit/record.ts';
import type { HubConfig } from './config.ts';
import { startFollower } from './events/follower.ts';
import { EventLog } from './events/log.ts';
import { createHttpServer } from './http/server.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import type { Logger } from './lib/log.ts';
import { AgentLink, type FrameHandlers } from './link/agent-link.ts';
import { LatestMetrics } from './metrics/latest.ts';
import { addServer, recordFacts } from './servers/change.ts';
import { LivenessKeeper } from './servers/liveness.ts';
import { serverHandlers } from './servers/routes.ts';
import { observeServices } from './services/observe.ts';
import { expectedUnits } from './services/queries.ts';
import { serviceHandlers } from './services/routes.ts';
import { lockDataDir } from './store/lock.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/schema.ts';

export const HUB_VERSION = packageJson.version;

export interface Hub extends AsyncDisposable {
  /** `http://host:port`, with the port that was taken. */
  readonly url: string;
  /** The bootstrap key that was just made, or `null`. */
  readonly newApiKey: string | null;
  /** The copy made before the schema changed, or `null`. */
  readonly backupFile: string | null;
  /** A one-time token for a server, which is added if it is new. */
  enrol(serverId: string): Promise<string>;
}

type Settings = Omit<HubConfig, 'hasLocalAgent' | 'logLevel'>;

/** Opens the store, starts the followers and both doors. When it throws, nothing is left open. */
export async function startHub(config: Settings, logger: Logger, clock: Clock = systemClock): Promise<Hub> {
  await using stack = new AsyncDisposableStack();
  stack.use(lockDataDir(config.dataDir));
  const store = stack.use(await openStore(config.dataDir));
  const { db } = store;
  const newApiKey = await ensureBootstrapKey(db, clock, config.apiKey);
  const log = await EventLog.open(db, clock);
  const parts = buildFeatures(config, logger, clock, db, log);
  stack.use(parts.deadlines);
  stack.use(parts.liveness);
  for (const follower of await followersOf(db, log, parts)) stack.use(startFollower(log, follower, logger));
  await parts.liveness.start();
  await parts.deadlines.sweep();

  const stopping = new AbortController();
  const http = await createHttpServer({
    logger,
    dashboardDir: config.dashboardDir,
    assertReady: async () => {
      await sql`select 1`.execute(db);
    },
    handlers: handlersOf(config, clock, db, log, parts),
    session: {
      version: HUB_VERSION,
      clock,
      principalOfKey: (key) => principalOfKey(db, key),
      principalOfSession: (secret) => principalOfSession(db, clock, secret),
      openSession: (principal) => openSession(db, clock, principal),
      closeSession: (secret) => closeSession(db, secret),
    },
    stream: {
      log,
      clock,
      version: HUB_VERSION,
      stopping: stopping.signal,
      subscribeMetrics: (listener) => parts.metrics.subscribe(listener),
      allMetrics: () => parts.metrics.all(),
    },
  });
  stack.defer(() => http.close());
  stack.use(parts.link);
  stack.defer(() => stopping.abort());
  parts.link.attach(http.server);
  await http.listen({ host: config.host, port: config.port });

  const opened = stack.move();
  return {
    url: urlOf(config.host, http.server.address() as AddressInfo),
    newApiKey,
    backupFile: store.backupFile,
    enrol: (serverId) => enrol(db, log, clock, serverId),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

type Parts = ReturnType<typeof buildFeatures>;

/** The features, and the link that gives them to the agents. */
function buildFeatures(config: Settings, logger: Logger, clock: Clock, db: Store, log: EventLog) {
  const metrics = new LatestMetrics(clock);
  const liveness = new LivenessKeeper(log, db, clock, config.liveness, logger);
  const usageOf = (serverId: string, unit: string) =>
    metrics.of(serverId)?.services.find((usage) => usage.unit === unit);
  const link: AgentLink = new AgentLink({
    logger,
    beatMs: Math.min(10_000, Math.ceil(config.liveness.staleAfterMs / 3)),
    helloWithinMs: Math.min(5000, config.liveness.staleAfterMs),
    admit: (secret) => admitAgent(db, log, clock, secret),
    welcomed: async (serverId, hello) => {
      await recordFacts(log, serverId, ServerFacts.parse(hello.facts));
      await liveness.connected(serverId);
      return expectedUnits(db, serverId);
    },
    ready: (serverId) => dispatcher.agentReady(serverId),
    heard: (serverId) => liveness.heard(serverId),
    lost: (serverId) => liveness.disconnected(serverId),
    handlers: frameHandlers(),
  });
  const dispatcher = new Dispatcher(db, log, config.timing, link);
  const deadlines = new Deadlines(db, log, clock, logger);
  return { metrics, liveness, usageOf, link, dispatcher, deadlines };

  function frameHandlers(): FrameHandlers {
    return {
      facts: (serverId, frame) => recordFacts(log, serverId, frame.facts),
      metrics: async (serverId, frame) => metrics.record(serverId, frame.sample, frame.services),
      services: (serverId, frame) => observeServices(log, usageOf, serverId, frame.reports, frame.complete),
      order_progress: (serverId, frame) => receiveProgress(log, config.timing, serverId, frame),
      order_result: async (serverId, frame) => {
        await receiveResult(log, serverId, frame.order_id, frame.result);
        link.send(serverId, { v: 1, type: 'result_ack', order_id: frame.order_id });
      },
    };
  }
}

async function followersOf(db: Store, log: EventLog, parts: Parts) {
  return [
    { name: 'audit', after: await auditCursor(db), take: recordAudit.bind(null, db) },
    { name: 'dispatcher', after: log.head, take: parts.dispatcher.take.bind(parts.dispatcher) },
    { name: 'deadlines', after: log.head, take: parts.deadlines.take.bind(parts.deadlines) },
    { name: 'metrics', after: log.head, take: parts.metrics.take.bind(parts.metrics) },
  ];
}

function handlersOf(config: Settings, clock: Clock, db: Store, log: EventLog, parts: Parts) {
  const { metrics, liveness, usageOf, link } = parts;
  return {
    ...serverHandlers({
      db,
      log,
      clock,
      latestMetrics: () => metrics.all(),
      serverDeleted: async (serverId) => {
        link.close(serverId, 'server_deleted', 'This server was removed from the hub');
        liveness.forget(serverId);
      },
    }),
    ...serviceHandlers({
      db,
      log,
      usageOf,
      expectationsChanged: async (serverId) => {
        link.send(serverId, { v: 1, type: 'expected', units: await expectedUnits(db, serverId) });
      },
    }),
    ...actionHandlers({ db, log, clock, timing: config.timing }),
    ...accessHandlers({ db, log, clock, addServer }),
  };
}

async function enrol(db: Store, log: EventLog, clock: Clock, serverId: string): Promise<string> {
  const isKnown = await db
    .selectFrom('servers')
    .select('server_id')
    .where('server_id', '=', serverId)
    .executeTakeFirst();
  if (!isKnown) await log.transaction((open) => addServer(open, 'hub', { server_id: serverId }));
  return (await makeEnrolmentToken(db, clock, serverId)).token;
}

function urlOf(host: string, { port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}
