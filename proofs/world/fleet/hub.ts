import {
  type ActionTiming,
  AgentLink,
  acceptWhenLifted,
  admitAgent,
  buildCheckIns,
  type CheckIns,
  type Clock,
  Deadlines,
  Dispatcher,
  EventLog,
  expectedUnits,
  LivenessKeeper,
  type Logger,
  type NewKeys,
  newKeysOf,
  observeServices,
  receiveProgress,
  receiveResult,
  recordFacts,
  recordKinds,
  RollCall,
  type SqliteConnection,
  startFollower,
  type Store,
  storeOver,
  type StoredEvent,
} from '@homelabcmd/hub/rules';
import type { KeyPair } from '@homelabcmd/protocol/link';

/** Who reads the log beside the product's followers. */
export interface Witness {
  cursor(): number;
  take(event: StoredEvent): Promise<void>;
}

export interface HubParts {
  readonly connection: SqliteConnection;
  readonly clock: Clock;
  /** Of the data folder: the hub's host keeps it. */
  readonly key: KeyPair;
  readonly timing: ActionTiming;
  readonly liveness: { readonly staleAfterMs: number; readonly offlineAfterMs: number };
  readonly logger: Logger;
  readonly witness: Witness;
}

export interface SimulatedHub {
  readonly db: Store;
  readonly log: EventLog;
  readonly link: AgentLink;
  readonly newKeys: NewKeys;
}

/** The hub as `hub.ts` puts it together, without the door of people. @throws when its disk takes nothing */
export async function startHub(parts: HubParts): Promise<SimulatedHub> {
  const { clock, timing, logger, witness } = parts;
  const db = storeOver(parts.connection);
  await recordKinds(db);
  const log = await EventLog.open(db, clock);
  const rollCall = await RollCall.open(db);
  const liveness = new LivenessKeeper(log, db, clock, parts.liveness, logger);
  const link: AgentLink = new AgentLink({
    logger,
    basePath: '',
    beatMs: Math.min(10_000, Math.ceil(parts.liveness.staleAfterMs / 3)),
    helloWithinMs: Math.min(5000, parts.liveness.staleAfterMs),
    key: parts.key,
    succession: [],
    admit: (proved) => admitAgent(db, log, clock, proved),
    welcomed: async (serverId, facts) => {
      await recordFacts(log, serverId, facts);
      await liveness.connected(serverId);
      return expectedUnits(db, serverId);
    },
    ready: (serverId, clear) => checkIns.begin(serverId, clear).then(() => newKeys.tell(serverId)),
    newKey: (serverId, newKey) => newKeys.take(serverId, newKey),
    cloned: (serverId, addresses) => checkIns.two(serverId, addresses),
    heard: (serverId) => liveness.heard(serverId),
    lost: (serverId) => {
      checkIns.left(serverId);
      return liveness.disconnected(serverId);
    },
    handlers: {
      facts: (serverId, frame) => recordFacts(log, serverId, frame.facts),
      ...{ metrics: async () => undefined, spooled: async () => undefined },
      services: (serverId, frame) =>
        observeServices(log, () => undefined, serverId, frame.reports, frame.complete),
      order_progress: (serverId, frame) => receiveProgress(log, timing, serverId, frame),
      order_result: async (serverId, frame) => {
        await receiveResult(log, serverId, frame.order_id, frame.result);
        await checkIns.resultTaken(serverId, frame);
      },
      heads: (serverId, frame) => checkIns.heard(serverId, frame),
    },
  });
  const newKeys = newKeysOf({ db, log, send: link.send.bind(link) });
  const dispatcher = new Dispatcher(db, log, timing, link);
  const checkIns: CheckIns = buildCheckIns({ db, log, logger, link, dispatcher, rollCall });
  const deadlines = new Deadlines(db, log, clock, logger);
  const followers = [
    { name: 'dispatcher', after: log.head, takeAll: dispatcher.takeAll.bind(dispatcher) },
    { name: 'deadlines', after: log.head, takeAll: deadlines.takeAll.bind(deadlines) },
    {
      name: 'setbacks',
      after: log.head,
      take: (event: StoredEvent) => acceptWhenLifted(log, event),
    },
    { name: 'witness', after: witness.cursor(), take: witness.take },
  ];
  for (const follower of followers) startFollower(log, follower, logger);
  await liveness.start();
  await deadlines.sweep();
  return { db, log, link, newKeys };
}
