import type { Dispatcher } from '../actions/dispatch.ts';
import { endOpenActions, endOrdersOut } from '../actions/set-back.ts';
import { freezeWithin } from '../freeze/freeze.ts';
import { quarantineServer } from '../servers/quarantine.ts';
import type { EventLog } from '../events/log.ts';
import type { Logger } from '../lib/log.ts';
import type { AgentLink } from '../link/agent-link.ts';
import { CheckIns } from '../setback/check-in.ts';
import type { RollCall } from '../setback/roll-call.ts';
import type { SetbackParts } from '../setback/declare.ts';
import type { Store } from '../store/schema.ts';

/** Where a setback meets the freeze and the actions. */
export const setbackParts: SetbackParts = {
  freeze: async (open, actor, reason) => {
    await freezeWithin(open, actor, { on: true, reason });
  },
  endOpenActions,
  endOrdersOut,
  quarantine: quarantineServer,
};

/** Where the check-in of agents meets the link and the dispatcher. */
export function buildCheckIns(of: {
  readonly db: Store;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly link: Pick<AgentLink, 'send'>;
  readonly dispatcher: Dispatcher;
  readonly rollCall: RollCall;
}): CheckIns {
  const { db, log, logger, link, dispatcher, rollCall } = of;
  return new CheckIns(db, log, logger, rollCall, {
    ...setbackParts,
    send: (serverId, frame) => link.send(serverId, frame),
    cleared: (serverId, held) => dispatcher.agentReady(serverId, held),
    declared: () => dispatcher.askAboutUnknown(),
  });
}
