import type { AddressInfo } from 'node:net';
import { ensureBootstrapKey } from './access/keys.ts';
import { FirstAccount } from './access/people/first-account.ts';
import { Vault } from './access/people/vault.ts';
import { Deadlines } from './actions/deadlines/deadlines.ts';
import { Dispatcher } from './actions/dispatch.ts';
import { receiveProgress, receiveResult } from './actions/outcome.ts';
import { recordKinds } from './actions/kinds/registry.ts';
import type { AlertEngine } from './alerts/engine.ts';
import { ChainChecks } from './audit/verification.ts';
import { Witnesses } from './audit/witnesses.ts';
import { watchAlerts } from './alert-parts.ts';
import { buildAutomation } from './automation.ts';
import type { HubSettings } from './config.ts';
import { httpSettings, type Rooms } from './door-parts.ts';
import { DayMarks } from './day/marks.ts';
import { admitAgent } from './enrolment/admit.ts';
import { type HubIdentity, openHubKey } from './enrolment/hub-key.ts';
import { noteHubKey } from './enrolment/known-hub-key.ts';
import { newKeysOf } from './enrolment/new-key.ts';
import { enrolServer } from './enrolment/routes.ts';
import { startFollower } from './events/follower.ts';
import { EventLog, type StoredEvent } from './events/log.ts';
import { EventRetention } from './events/retention.ts';
import { EndedActions } from './figures/ended.ts';
import { OpenStreams } from './http/entry/open-streams.ts';
import { FreezeWatch } from './freeze/watch.ts';
import { createHttpServer } from './http/server.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import type { Logger } from './lib/log.ts';
import { mayBePlain } from './lib/net/loopback.ts';
import { AgentLink, type FrameHandlers } from './link/agent-link.ts';
import { assertFramesInTable } from './link/every-frame.ts';
import { metricParts } from './metrics/parts.ts';
import { addServer, recordFacts } from './servers/change.ts';
import { LivenessKeeper } from './servers/liveness.ts';
import { ServiceHistory } from './service-history/recorder.ts';
import { observeServices } from './services/observe.ts';
import { expectedUnits } from './services/queries.ts';
import { compareWithMark } from './setback/at-start.ts';
import type { CheckIns } from './setback/check-in.ts';
import { acceptWhenLifted } from './setback/accept.ts';
import { AuditMark } from './setback/mark.ts';
import { RollCall } from './setback/roll-call.ts';
import { buildCheckIns, setbackParts } from './setback-parts.ts';
import { openHubStore } from './store/hub-store.ts';
import { addressesOf } from './tls/addresses.ts';
import { openDoor } from './tls/door.ts';
import { HubTls, speaksTls } from './tls/hub-tls.ts';
import type { Store } from './store/schema.ts';

export interface Hub extends AsyncDisposable {
  /** Where people and servers reach it, as far as it can know: `https://192.168.1.10:8080`, with the port that was taken. */
  readonly url: string;
  /** Where this machine reaches it. */
  readonly localUrl: string;
  /** PEM of the one authority that its certificate is from, where it has one. */
  readonly authority: string | null;
  /** Of the certificate that browsers are shown, where the hub made it itself; `null` elsewhere. */
  readonly certificateFingerprint: string | null;
  /** The bootstrap key that was just made, or `null`. */
  readonly newApiKey: string | null;
  /** With it the first account is made; `null` once there is one. */
  readonly setUpToken: string | null;
  /** The copy made before the schema changed, or `null`. */
  readonly backupFile: string | null;
  /** Resolves when the hub may never write again, because another one has its store: it is to be stopped. */
  readonly ended: Promise<Error>;
  /** By this agents know the hub. */
  readonly publicKey: string;
  /** A one-time token for a server, which is added if it is new. */
  enrol(serverId: string): Promise<string>;
}

/** Opens the store, starts the followers and both doors. When it throws, nothing is left open. */
export async function startHub(
  config: HubSettings,
  logger: Logger,
  clock: Clock = systemClock,
): Promise<Hub> {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openHubStore(config));
  const { db } = store;
  await recordKinds(db);
  const log = await EventLog.open(db, clock);
  store.onRegained(() => log.lookAgain());
  await compareWithMark(config.dataDir, log, db, setbackParts, logger);
  const mark = stack.use(await AuditMark.open(config.dataDir, db, logger));
  const rollCall = stack.use(await RollCall.open(db));
  const { vaultKeys, ...identity } = openHubKey(config.dataDir);
  await noteHubKey(db, log, identity, logger);
  const newApiKey = await ensureBootstrapKey(log, config.apiKey);
  const first = await FirstAccount.open(db);
  const day = await DayMarks.open(db, log, clock);
  // From here on timers run: nothing may throw before each is on the stack.
  assertFramesInTable();
  const parts = buildFeatures({ config, logger, clock, db, log, mark, rollCall, identity });
  const { streams, chainChecks, checkIns, deadlines, liveness } = parts;
  for (const part of [streams, chainChecks, checkIns, deadlines, liveness]) stack.use(part);
  await stack.use(parts.history).start();
  stack.use(parts.automation.storm);
  stack.use(parts.automation.remediation);
  // Before anybody judges which servers are offline.
  const keptMs = config.metricsKeptMs['1h'];
  const alerts = await watchAlerts(stack, { db, log, clock, logger, keptMs }, parts);
  await startFollowers(stack, logger, parts, { db, log, config, day, mark, alerts });
  await parts.liveness.start();
  await parts.deadlines.sweep();
  parts.automation.storm.start();
  await parts.automation.remediation.start();
  stack.use(parts.retention).start();
  stack.use(parts.metricRetention).start();
  stack.use(parts.freezeWatch).start();

  const vault = new Vault(vaultKeys);
  const tls = speaksTls(config) ? stack.use(await HubTls.open(config, clock, logger)) : null;
  const rooms = { config, logger, clock, db, log, parts, day, first, vault, tls, alerts };
  const port = await openDoors(stack, rooms);

  const opened = stack.move();
  return {
    ...addressesOf(config, port),
    authority: tls?.certificate.authority ?? null,
    certificateFingerprint: tls?.isOwn === true ? tls.fingerprint : null,
    ...{ newApiKey, publicKey: identity.key.publicKey, backupFile: store.backupFile, ended: store.ended },
    get setUpToken() {
      return first.isToCome ? first.token : null;
    },
    enrol: async (serverId) => {
      const authority = tls?.pins?.authorityFingerprint ?? null;
      return (await enrolServer(parts.enrolment, 'hub', serverId, authority)).token;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The door of people and programs and that of agents, on one port. @returns the port */
async function openDoors(stack: AsyncDisposableStack, rooms: Rooms & { parts: Parts }): Promise<number> {
  const { config, parts, tls } = rooms;
  const stopping = new AbortController();
  const http = await createHttpServer(httpSettings(rooms, stopping.signal));
  stack.defer(() => http.close());
  if (tls !== null) stack.use(openDoor(http.server, tls, mayBePlain(config.trustedProxies)));
  stack.use(parts.link);
  stack.defer(() => stopping.abort());
  parts.link.attach(http.server);
  await http.listen({ host: config.host, port: config.port });
  return (http.server.address() as AddressInfo).port;
}

type Parts = ReturnType<typeof buildFeatures>;

interface Ground {
  config: HubSettings;
  logger: Logger;
  clock: Clock;
  db: Store;
  log: EventLog;
  mark: AuditMark;
  rollCall: RollCall;
  identity: HubIdentity;
}

/** The features, and the link that gives them to the agents. */
function buildFeatures({ config, logger, clock, db, log, mark, rollCall, identity }: Ground) {
  const readings = metricParts({ db, clock, logger }, config.metricsKeptMs, (...to) => link.send(...to));
  const retention = new EventRetention(db, clock, config.eventRetentionDays, logger);
  const liveness = new LivenessKeeper(log, db, clock, config.liveness, logger);
  const usageOf = (serverId: string, unit: string) =>
    readings.metrics.of(serverId)?.services.find((usage) => usage.unit === unit);
  const link: AgentLink = new AgentLink({
    ...{ ...identity, ...paceOf(config.liveness), logger, basePath: config.basePath },
    admit: (proved) => admitAgent(db, log, clock, proved),
    welcomed: async (serverId, facts) => {
      await recordFacts(log, serverId, facts);
      await liveness.connected(serverId);
      readings.backfill.connected(serverId, facts);
      return expectedUnits(db, serverId);
    },
    ready: async (serverId, clear) => {
      await checkIns.begin(serverId, clear).then(() => newKeys.tell(serverId));
      readings.backfill.ask(serverId);
    },
    newKey: (serverId, newKey) => newKeys.take(serverId, newKey),
    cloned: (serverId, addresses) => checkIns.two(serverId, addresses),
    heard: (serverId) => liveness.heard(serverId),
    lost: (serverId) => {
      checkIns.left(serverId);
      return liveness.disconnected(serverId);
    },
    handlers: frameHandlers(),
  });
  const dispatcher = new Dispatcher(db, log, config.timing, link, (head) => mark.keep(head));
  const checkIns: CheckIns = buildCheckIns({ db, log, logger, link, dispatcher, rollCall });
  const newKeys = newKeysOf({ db, log, send: link.send.bind(link) });
  const witnesses = new Witnesses(db, link);
  const chainChecks = new ChainChecks({ db, clock, witnesses, logger });
  const deadlines = new Deadlines(db, log, clock, logger);
  const streams = new OpenStreams();
  const freezeWatch = new FreezeWatch(db, log, logger);
  const automation = buildAutomation({ db, log, clock, logger, timing: config.timing, usageOf });
  return {
    ...{ ...readings, retention, liveness, usageOf, link, dispatcher, deadlines, streams },
    ...{ freezeWatch, automation, witnesses, chainChecks, checkIns, newKeys, ended: new EndedActions() },
    enrolment: { log, hubKey: identity.key.publicKey, newKeys, addServer },
  };

  function frameHandlers(): FrameHandlers {
    return {
      facts: (serverId, frame) => recordFacts(log, serverId, frame.facts),
      ...readings.readingFrames,
      services: (serverId, frame) => observeServices(log, usageOf, serverId, frame.reports, frame.complete),
      order_progress: (serverId, frame) => receiveProgress(log, config.timing, serverId, frame),
      order_result: async (serverId, frame) => {
        await receiveResult(log, serverId, frame.order_id, frame.result);
        await checkIns.resultTaken(serverId, frame);
      },
      heads: (serverId, frame) => {
        witnesses.heard(serverId, frame);
        return checkIns.heard(serverId, frame);
      },
    };
  }
}

/** How often agents hear from the hub, and how long somebody at the door may take to say who they are. */
const paceOf = ({ staleAfterMs }: HubSettings['liveness']) => ({
  beatMs: Math.min(10_000, Math.ceil(staleAfterMs / 3)),
  helloWithinMs: Math.min(5000, staleAfterMs),
});

interface Followed {
  db: Store;
  log: EventLog;
  config: HubSettings;
  day: DayMarks;
  mark: AuditMark;
  alerts: AlertEngine;
}

async function startFollowers(stack: AsyncDisposableStack, logger: Logger, parts: Parts, rest: Followed) {
  for (const follower of await followersOf(parts, rest)) stack.use(startFollower(rest.log, follower, logger));
}

async function followersOf(parts: Parts, { db, log, config, day, mark, alerts }: Followed) {
  const serviceHistory = await ServiceHistory.open(db, log, {
    changesDays: config.eventRetentionDays,
    availabilityMs: config.metricsKeptMs['1h'],
  });
  const { approver, remediation } = parts.automation;
  return [
    { name: 'day', after: await day.cursor(), takeAll: day.takeAll.bind(day) },
    {
      name: 'service-history',
      after: await serviceHistory.cursor(),
      takeAll: serviceHistory.takeAll.bind(serviceHistory),
    },
    { name: 'alerts', after: alerts.cursor, takeAll: alerts.takeAll.bind(alerts) },
    { name: 'policies', after: await approver.cursor(), takeAll: approver.takeAll.bind(approver) },
    { name: 'remediation', after: log.head, take: remediation.take.bind(remediation) },
    { name: 'dispatcher', after: log.head, takeAll: parts.dispatcher.takeAll.bind(parts.dispatcher) },
    { name: 'deadlines', after: log.head, takeAll: parts.deadlines.takeAll.bind(parts.deadlines) },
    { name: 'setbacks', after: log.head, take: (event: StoredEvent) => acceptWhenLifted(log, event) },
    { name: 'mark', after: log.head, takeAll: () => mark.take() },
    { name: 'metrics', after: log.head, take: parts.metrics.take.bind(parts.metrics) },
    { name: 'figures', after: log.head, take: parts.ended.take.bind(parts.ended) },
  ];
}
