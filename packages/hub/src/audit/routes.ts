import type { api } from '@homelabcmd/protocol';
import { auditHead } from '../events/audit-trail.ts';
import type { Clock } from '../lib/clock.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { exportAudit } from './export.ts';
import { listAudit } from './queries.ts';
import type { ChainChecks } from './verification.ts';
import type { Witnesses } from './witnesses.ts';

type Routes = Pick<
  typeof api,
  'listAudit' | 'exportAudit' | 'listWitnesses' | 'readVerification' | 'startVerification'
>;

export interface AuditParts {
  readonly db: Store;
  readonly clock: Clock;
  readonly witnesses: Witnesses;
  readonly chainChecks: ChainChecks;
}

export function auditHandlers({ db, clock, witnesses, chainChecks }: AuditParts): Handlers<Routes> {
  return {
    listAudit: ({ query }) => listAudit(db, query),
    exportAudit: async ({ query }) => exportAudit(db, clock.nowMs(), query),
    listWitnesses: async ({ query }) => ({
      head: await auditHead(db),
      witnesses: await witnesses.askAll(query.limit),
    }),
    readVerification: async () => chainChecks.state(),
    startVerification: () => chainChecks.start(),
  };
}
