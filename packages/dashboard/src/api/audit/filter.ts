import { type QueryInputOf, api } from '@homelabcmd/protocol';
import { addressOf } from '../call.ts';
import { AUDIT_TOPICS, type AuditTopic } from './topics.ts';

/** What of the audit is looked for. Everything that is left out is not looked at. */
export interface AuditFilter {
  readonly about?: AuditTopic | undefined;
  readonly who?: string | undefined;
  readonly server?: string | undefined;
  readonly action?: number | undefined;
  /** The first day, `2026-11-30`, in the reader's zone. */
  readonly from?: string | undefined;
  /** The last day. */
  readonly to?: string | undefined;
  readonly q?: string | undefined;
}

/** The filter in the words of the API. */
export const queryOf = ({ about, who, server, action, from, to, q }: AuditFilter) =>
  ({
    verb: about && AUDIT_TOPICS[about].verbs,
    actor: who,
    server_id: server,
    action_id: action,
    since: from && startOf(from, 0),
    until: to && startOf(to, 1),
    q,
  }) satisfies QueryInputOf<typeof api.listAudit>;

/** When a day of the reader's begins, or the one that many days after it. */
function startOf(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}

/** Where the browser fetches all that is found as a file. */
export const exportAddress = (filter: AuditFilter, format: 'csv' | 'json'): string =>
  addressOf(api.exportAudit, { ...queryOf(filter), format });
