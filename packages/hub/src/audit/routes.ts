import type { api } from '@homelabcmd/protocol';
import { auditHead } from '../events/audit-trail.ts';
import type { Handlers } from '../lib/handler.ts';
import type { Store } from '../store/schema.ts';
import { listAudit } from './queries.ts';
import type { Witnesses } from './witnesses.ts';

type Routes = Pick<typeof api, 'listAudit' | 'listWitnesses'>;

export function auditHandlers(db: Store, witnesses: Witnesses): Handlers<Routes> {
  return {
    listAudit: ({ query }) => listAudit(db, query),
    listWitnesses: async ({ query }) => ({
      head: await auditHead(db),
      witnesses: await witnesses.askAll(query.limit),
    }),
  };
}
