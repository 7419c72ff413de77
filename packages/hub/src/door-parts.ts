import { FRAME_VERSION } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { hubInfo } from './about/info.ts';
import { doorOf } from './access/door.ts';
import type { FirstAccount } from './access/people/first-account.ts';
import type { Vault } from './access/people/vault.ts';
import { passkeyHandlers } from './access/passkeys/routes.ts';
import { peopleHandlers } from './access/people/routes.ts';
import { accessHandlers } from './access/routes.ts';
import { endSession } from './access/sessions/listing.ts';
import { actionHandlers } from './actions/routes.ts';
import type { Dispatcher } from './actions/dispatch.ts';
import type { AlertEngine } from './alerts/engine.ts';
import { jobHandlers } from './alerts/job-routes.ts';
import { alertHandlers } from './alerts/routes.ts';
import { alertRuleHandlers } from './alerts/rule-routes.ts';
import { auditHandlers } from './audit/routes.ts';
import type { ChainChecks } from './audit/verification.ts';
import type { Witnesses } from './audit/witnesses.ts';
import type { buildAutomation } from './automation.ts';
import type { HubSettings } from './config.ts';
import type { DayMarks } from './day/marks.ts';
import { type EnrolmentParts, enrolmentHandlers } from './enrolment/routes.ts';
import type { NewKeys } from './enrolment/new-key.ts';
import type { EventLog } from './events/log.ts';
import { newestPruned } from './events/retention.ts';
import { Durations } from './figures/durations.ts';
import type { EndedActions } from './figures/ended.ts';
import { scrape } from './figures/scrape.ts';
import { StandingReader } from './figures/standing.ts';
import { statusOf } from './figures/status.ts';
import { freezeHandlers } from './freeze/routes.ts';
import type { OpenStreams } from './http/entry/open-streams.ts';
import type { HttpParts } from './http/server.ts';
import { type Clock, nowOf } from './lib/clock.ts';
import type { Logger } from './lib/log.ts';
import { HUB_VERSION } from './lib/version.ts';
import type { AgentLink } from './link/agent-link.ts';
import type { MetricHistory } from './metrics/tiers/history.ts';
import type { LatestMetrics } from './metrics/latest.ts';
import { metricHandlers } from './metrics/routes.ts';
import { policyHandlers } from './policies/routes.ts';
import { assertMayApprove } from './policies/two-people.ts';
import type { LivenessKeeper } from './servers/liveness.ts';
import { serverHandlers } from './servers/routes.ts';
import { expectedUnits } from './services/queries.ts';
import { serviceHistoryHandlers } from './service-history/routes.ts';
import { serviceHandlers } from './services/routes.ts';
import { engineInfo } from './store/engine-info.ts';
import type { Store } from './store/schema.ts';
import type { HubTls } from './tls/hub-tls.ts';

/** What the doors need of the features that the composition root has built. */
export interface DoorParts {
  readonly metrics: LatestMetrics;
  readonly history: MetricHistory;
  readonly liveness: LivenessKeeper;
  readonly link: AgentLink;
  readonly dispatcher: Dispatcher;
  readonly streams: OpenStreams;
  readonly automation: ReturnType<typeof buildAutomation>;
  readonly witnesses: Witnesses;
  readonly enrolment: EnrolmentParts;
  readonly newKeys: NewKeys;
  readonly chainChecks: ChainChecks;
  readonly ended: EndedActions;
  readonly usageOf: Parameters<typeof serviceHandlers>[0]['usageOf'];
}

export interface Rooms {
  readonly config: HubSettings;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly db: Store;
  readonly log: EventLog;
  readonly parts: DoorParts;
  readonly day: DayMarks;
  readonly alerts: AlertEngine;
  readonly first: FirstAccount;
  readonly vault: Vault;
  /** `null` where the hub speaks plain HTTP alone. */
  readonly tls: HubTls | null;
}

/** What the door of people and programs needs of the rest. */
export function httpSettings(rooms: Rooms, stopping: AbortSignal): HttpParts {
  const { config, logger, clock, db, log, parts, first, vault, tls } = rooms;
  const startedAt = nowOf(clock);
  const standing = new StandingReader(db, log);
  return {
    logger,
    dashboardDir: config.dashboardDir,
    basePath: config.basePath,
    trustedProxies: config.trustedProxies,
    agentFiles: { ...config.agentFiles, authority: () => tls?.certificate.authority ?? null },
    assertReady: async () => {
      await sql`select 1`.execute(db);
    },
    handlers: {
      ...handlersOf(rooms),
      ...aboutHandlers(rooms, startedAt),
      fleetStatus: async () => statusOf(await standing.read(), nowOf(clock)),
    },
    figures: figuresOf(rooms, standing, startedAt),
    session: {
      version: HUB_VERSION,
      clock,
      streams: parts.streams,
      publicUrl: config.publicUrl,
      basePath: config.basePath,
      ...doorOf({ db, log, clock, logger, vault }, first, config),
      endSession: (principal, sessionId) => endSession(log, principal, sessionId),
    },
    stream: {
      log,
      clock,
      version: HUB_VERSION,
      stopping,
      streams: parts.streams,
      subscribeMetrics: (listener) => parts.metrics.subscribe(listener),
      allMetrics: () => parts.metrics.all(),
      newestPruned: () => newestPruned(db),
    },
  };
}

function handlersOf({ config, logger, clock, db, log, parts, vault, tls, alerts }: Rooms) {
  const { metrics, liveness, usageOf, link } = parts;
  return {
    ...serverHandlers({
      db,
      log,
      clock,
      serverDeleted: async (serverId) => {
        link.close(serverId, 'server_deleted', 'This server was removed from the hub');
        liveness.forget(serverId);
      },
      serverReleased: async (serverId) => {
        await parts.dispatcher.released(serverId);
        await parts.newKeys.tell(serverId);
      },
    }),
    ...metricHandlers({ db, clock, latest: metrics, history: parts.history }),
    ...serviceHandlers({
      db,
      log,
      usageOf,
      expectationsChanged: async (serverId) => {
        link.send(serverId, {
          v: FRAME_VERSION,
          type: 'expected',
          expected: await expectedUnits(db, serverId),
        });
      },
    }),
    ...serviceHistoryHandlers({ db, clock }),
    ...alertHandlers({ db, alerts }),
    ...alertRuleHandlers({ alerts }),
    ...jobHandlers({ alerts, clock, basePath: config.basePath }),
    ...freezeHandlers({ db, log }),
    ...policyHandlers({ db, log, clock, tellService: parts.automation.tellService }),
    ...actionHandlers({ db, log, clock, timing: config.timing, mayApprove: assertMayApprove }),
    ...auditHandlers({ db, clock, ...parts }),
    ...enrolmentHandlers(parts.enrolment, config, tls),
    ...accessHandlers({ db, log, accessChanged: () => parts.streams.lookAtAll() }),
    ...passkeyHandlers({ db, log, clock, logger, publicUrl: config.publicUrl }),
    ...peopleHandlers({ db, log, clock, vault, accessChanged: () => parts.streams.lookAtAll() }),
  };
}

/** What Prometheus is told, each part at the moment when it asks. */
function figuresOf({ clock, db, log, parts, tls }: Rooms, standing: StandingReader, startedAt: string) {
  const { metrics, ended, link, streams } = parts;
  const durations = new Durations();
  const own = () => ({
    ...{ version: HUB_VERSION, startedAt, eventHead: log.head },
    ...{ openStreams: streams.count, agents: link.counts },
    certificateEndsAt: tls?.endsAt ?? null,
  });
  const told = {
    ...{ standing, ended, durations, own },
    engine: () => engineInfo(db),
    readings: metrics.of.bind(metrics),
    now: () => nowOf(clock),
  };
  return { durations, scrape: () => scrape(told) };
}

function aboutHandlers({ config, db, day, tls }: Rooms, startedAt: string) {
  const about = {
    db,
    version: HUB_VERSION,
    startedAt,
    retentionDays: config.eventRetentionDays,
    tls,
  };
  return { hubInfo: () => hubInfo(about), fleetDay: () => day.day() };
}
