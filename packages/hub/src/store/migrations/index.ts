import type { Migration } from 'kysely/migration';
import { up as first } from './first/0001-first.ts';
import { up as probesMetricsKeys } from './first/0002-probes-metrics-keys.ts';
import { up as kindsOfActions } from './first/0003-kinds-of-actions.ts';
import { up as auditChain } from './first/0004-audit-chain.ts';
import { up as guards } from './first/0005-guards.ts';
import { up as policies } from './first/0006-policies.ts';
import { up as namedWishes } from './0007-named-wishes.ts';
import { up as cancelAfterDispatch } from './0008-cancel-after-dispatch.ts';
import { up as setbacks } from './0009-setbacks.ts';
import { up as people } from './0010-people.ts';
import { up as agentKeys } from './0011-agent-keys.ts';
import { up as passkeys } from './from-0012/0012-passkeys.ts';
import { up as keyChanges } from './from-0012/0013-key-changes.ts';
import { up as approvalSeals } from './from-0012/0014-approval-seals.ts';
import { up as metricBlocks } from './from-0012/0015-metric-blocks.ts';
import { up as serviceHistory } from './from-0012/0016-service-history.ts';
import { up as alerts } from './from-0012/0017-alerts.ts';

/** Every migration, in order. A new one is one file and one line here. */
export const migrations: Record<string, Migration> = {
  '0001-first': { up: first },
  '0002-probes-metrics-keys': { up: probesMetricsKeys },
  '0003-kinds-of-actions': { up: kindsOfActions },
  '0004-audit-chain': { up: auditChain },
  '0005-guards': { up: guards },
  '0006-policies': { up: policies },
  '0007-named-wishes': { up: namedWishes },
  '0008-cancel-after-dispatch': { up: cancelAfterDispatch },
  '0009-setbacks': { up: setbacks },
  '0010-people': { up: people },
  '0011-agent-keys': { up: agentKeys },
  '0012-passkeys': { up: passkeys },
  '0013-key-changes': { up: keyChanges },
  '0014-approval-seals': { up: approvalSeals },
  '0015-metric-blocks': { up: metricBlocks },
  '0016-service-history': { up: serviceHistory },
  '0017-alerts': { up: alerts },
};
