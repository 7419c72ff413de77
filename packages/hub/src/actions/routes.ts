import { type api, needsLockoutListing, unitOfTarget } from '@homelabcmd/protocol';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { abandon, approve, cancel, type DecideParts, reject } from './decide.ts';
import { exportActions } from './export.ts';
import { listActions, listServerActions } from './queries.ts';
import { requestAction } from './request.ts';
import { readAction } from './rows.ts';
import { toSign } from './sealed/to-sign.ts';

type Routes = Pick<
  typeof api,
  | 'restartService'
  | 'requestAction'
  | 'listActions'
  | 'listServerActions'
  | 'exportActions'
  | 'getAction'
  | 'toSignAction'
  | 'approveAction'
  | 'rejectAction'
  | 'cancelAction'
  | 'resolveAction'
>;

export interface ActionsParts extends DecideParts {
  readonly db: Store;
  readonly clock: Clock;
}

export function actionHandlers(parts: ActionsParts): Handlers<Routes> {
  const { db, log, clock, timing } = parts;
  return {
    restartService: ({ params, principal, from, wish }) => {
      const { server_id: serverId, service_name: serviceName } = params;
      return requestAction(
        log.from(from),
        timing,
        principal.name,
        { kind: 'restart_service', serverId, serviceName },
        wish,
      );
    },
    requestAction: ({ params, body, principal, from, wish }) => {
      const { server_id: serverId, service_name: serviceName } = params;
      return requestAction(
        log.from(from),
        timing,
        principal.name,
        { kind: body.action_type, serverId, serviceName },
        wish,
      );
    },
    listActions: ({ query }) => listActions(db, clock.nowMs(), query),
    listServerActions: ({ params, query }) => listServerActions(db, clock.nowMs(), params.server_id, query),
    exportActions: async ({ query }) => exportActions(db, clock.nowMs(), query),
    getAction: ({ params }) => readAction(db, params.action_id, clock.nowMs()),
    toSignAction: ({ params }) => toSign(db, clock.nowMs(), timing.approvedTtlMs, params.action_id),
    approveAction: async ({ params, body, principal, session, from, assertProved }) => {
      // A key that is shown is proof enough of anything.
      if (session !== null) {
        const { target } = await readAction(db, params.action_id, clock.nowMs());
        const unit = unitOfTarget(target);
        if (unit !== null && needsLockoutListing(unit)) assertProved('fresh');
      }
      const to = { ...parts, log: log.from(from) };
      return approve(to, principal.name, params.action_id, body?.digest, body?.seal);
    },
    rejectAction: ({ params, body, principal, from }) =>
      reject(log.from(from), principal.name, params.action_id, body.reason),
    cancelAction: ({ params, principal, from }) =>
      cancel(log.from(from), principal.name, params.action_id, {
        onlyOwn: !principal.scopes.includes('approve'),
      }),
    resolveAction: ({ params, body, principal, from }) =>
      abandon(log.from(from), principal.name, params.action_id, body.note),
  };
}
