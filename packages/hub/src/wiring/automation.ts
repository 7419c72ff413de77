import { approveIn } from '../actions/decide.ts';
import { requestIn } from '../actions/request.ts';
import { findAction, readAction } from '../actions/rows.ts';
import { sealedServer } from '../actions/sealed/sealing.ts';
import type { ActionTiming } from '../actions/timing.ts';
import { progress } from '../actions/transition.ts';
import type { EventLog } from '../events/log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { type ActionsPort, PolicyApprover } from '../policies/approver.ts';
import { Remediation, type RemediationPort } from '../policies/remediation/remediation.ts';
import { StormHalt } from '../policies/storm.ts';
import { assertMayApprove } from '../policies/two-people.ts';
import { tellService } from '../services/tell.ts';
import { readService, type UsageOf } from '../services/view.ts';
import type { Store } from '../store/schema.ts';

export interface AutomationParts {
  readonly db: Store;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing: ActionTiming;
  readonly usageOf: UsageOf;
}

/** Where the policies meet the actions and the services: what approves, and what asks, by itself. */
export function buildAutomation(parts: AutomationParts) {
  const { db, log, clock, logger, timing, usageOf } = parts;
  const storm = new StormHalt(log, clock, logger);
  const actions: ActionsPort = {
    approve: (open, actor, actionId, digest) =>
      approveIn(open, { timing, mayApprove: assertMayApprove }, actor, actionId, digest),
    note: async (open, actionId, step, actor, detail) => {
      const row = await findAction(open.tx, actionId, Date.parse(open.now));
      await progress(open, row, step, { actor, detail });
    },
    isSealed: async (open, serverId) => (await sealedServer(open.tx, serverId)) !== null,
    read: (open, actionId) => readAction(open.tx, actionId, Date.parse(open.now)),
  };
  const tell: RemediationPort['tellService'] = (open, { server_id, target }, actor) =>
    tellService(open, usageOf, actor, server_id, target);
  const remediation = new Remediation(
    parts,
    {
      read: actions.read,
      requestRestart: async (open, actor, serverId, serviceName) =>
        (await requestIn(open, timing, actor, { kind: 'restart_service', serverId, serviceName })).action_id,
      readService: (tx, { server_id, target }) => readService(tx, server_id, target, usageOf),
      tellService: tell,
    },
    storm,
  );
  return { storm, remediation, tellService: tell, approver: new PolicyApprover(db, log, actions, storm) };
}
