import { type Action, ActionStatus, type QueryInputOf, api } from '@homelabcmd/protocol';
import { addressOf } from '../call.ts';

/** What of the history is looked for. Everything that is left out is not looked at. */
export interface HistoryFilter {
  readonly status?: ActionStatus | undefined;
  readonly server?: string | undefined;
  readonly service?: string | undefined;
  /** Text in the server, the service, or the name of who asked, approved or decided. */
  readonly q?: string | undefined;
}

/** What waits for a decision is no history yet. */
const HISTORY: readonly ActionStatus[] = ActionStatus.options.filter((status) => status !== 'pending');

const statusesOf = ({ status }: HistoryFilter) => (status === undefined ? HISTORY : [status]);

/** The filter in the words of the API. */
export const queryOf = (filter: HistoryFilter) =>
  ({
    status: statusesOf(filter).join(','),
    server_id: filter.server,
    service_name: filter.service,
    q: filter.q,
  }) satisfies QueryInputOf<typeof api.listActions>;

/** Whether the hub would list this action under the filter. */
export function belongs(filter: HistoryFilter, action: Action): boolean {
  const { server, service, q } = filter;
  if (!statusesOf(filter).includes(action.status)) return false;
  if (server !== undefined && action.server_id !== server) return false;
  if (service !== undefined && action.service_name !== service) return false;
  if (q === undefined) return true;
  const { server_id, service_name, created_by, approved_by, decided_by } = action;
  return [server_id, service_name, created_by, approved_by ?? '', decided_by ?? ''].some((text) =>
    text.toLowerCase().includes(q.toLowerCase()),
  );
}

/** Where the browser fetches the whole of it as a file. */
export const exportAddress = (filter: HistoryFilter, format: 'csv' | 'json'): string =>
  addressOf(api.exportActions, { ...queryOf(filter), format });
