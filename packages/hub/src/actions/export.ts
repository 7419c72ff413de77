import type { Action, QueryOf, api } from '@homelabcmd/protocol';
import { type Column, exportFile, type FileAnswer } from '../lib/file-answer.ts';
import type { Store } from '../store/schema.ts';
import { everyAction } from './queries.ts';

/** Every action under the filters as a file, made while it is sent. */
export function exportActions(
  db: Store,
  nowMs: number,
  query: QueryOf<typeof api.exportActions>,
): FileAnswer {
  const { format, ...filter } = query;
  const file = { name: 'homelabcmd-actions', format, columns: COLUMNS };
  return exportFile(nowMs, file, everyAction(db, nowMs, filter));
}

const COLUMNS: readonly Column<Action>[] = [
  ['action_id', (a) => a.action_id],
  ['action_type', (a) => a.action_type],
  ['server_id', (a) => a.server_id],
  ['service_name', (a) => a.service_name],
  ['status', (a) => a.status],
  ['created_at', (a) => a.created_at],
  ['created_by', (a) => a.created_by],
  ['approved_at', (a) => a.approved_at],
  ['approved_by', (a) => a.approved_by],
  ['decided_by', (a) => a.decided_by],
  ['reason', (a) => a.reason],
  ['finished_at', (a) => a.finished_at],
  ['outcome_code', (a) => a.result?.code ?? null],
  ['outcome', (a) => a.result?.detail ?? null],
  ['exit_code', (a) => a.result?.exit_code ?? null],
  ['ran_ms', (a) => a.result?.ran_ms ?? null],
  ['order_id', (a) => a.order_id],
];
