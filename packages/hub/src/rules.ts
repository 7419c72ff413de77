/**
 * The hub's rules without its doors for people: what a proof needs to play them under a clock, a network and a disk of
 * its own. `hub.ts` puts the same parts together for real.
 */
import { Kysely } from 'kysely';
import type { Schema, Store } from './store/schema.ts';
import { type SqliteConnection, sqliteDialect } from './store/sqlite.ts';

export { Deadlines } from './actions/deadlines/deadlines.ts';
export { abandon, approve, cancel, reject } from './actions/decide.ts';
export { Dispatcher } from './actions/dispatch.ts';
export { recordKinds } from './actions/kinds/registry.ts';
export { receiveProgress, receiveResult } from './actions/outcome.ts';
export { requestAction } from './actions/request.ts';
export type { ActionTiming } from './actions/timing.ts';
export { verifyChain } from './audit/verify.ts';
export { admitAgent } from './enrolment/admit.ts';
export { type NewKeys, newKeysOf } from './enrolment/new-key.ts';
export { enrolServer } from './enrolment/routes.ts';
export { startFollower } from './events/follower.ts';
export { EventLog, type StoredEvent } from './events/log.ts';
export { setFreeze } from './freeze/freeze.ts';
export type { Clock } from './lib/clock.ts';
export type { NamedWish } from './lib/handler.ts';
export { createLogger, type Logger } from './lib/log.ts';
export { Refusal } from './lib/refusal.ts';
export { AgentLink } from './link/agent-link.ts';
export type { AgentSocket } from './link/session.ts';
export { cellsOf } from './metrics/readings.ts';
export { putSteps, type StepOfServer } from './metrics/tiers/blocks.ts';
export { asOneStep, rollUp } from './metrics/tiers/roll-up.ts';
export { type Tiers, tiersOf } from './metrics/tiers/tiers.ts';
export { assertMayApprove } from './policies/two-people.ts';
export { addServer, recordFacts } from './servers/change.ts';
export { LivenessKeeper } from './servers/liveness.ts';
export { acceptWhenLifted } from './setback/accept.ts';
export type { CheckIns } from './setback/check-in.ts';
export { RollCall } from './setback/roll-call.ts';
export { buildCheckIns } from './wiring/setback.ts';
export { expectServices } from './services/expect.ts';
export { observeServices } from './services/observe.ts';
export { expectedUnits } from './services/queries.ts';
export { openForWriting, openHubStore } from './store/hub-store.ts';
export { openStore, STORE_FILE } from './store/open.ts';
export type { Store } from './store/schema.ts';
export { sql } from 'kysely';
export { openSqlite, type SqliteConnection } from './store/sqlite.ts';

/** A store over a connection that is somebody else's: nothing is migrated. */
export const storeOver = (connection: SqliteConnection): Store =>
  new Kysely<Schema>({ dialect: sqliteDialect(connection) });
