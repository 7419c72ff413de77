import type { HistoryFilter } from '../../../api/history/filter.ts';
import { Views } from '../views.tsx';
import { History } from './history.tsx';
import { Waiting } from './waiting.tsx';

export interface ActionsSearch extends HistoryFilter {
  readonly page?: number | undefined;
}

/** Everything that was asked for: what waits for a decision first, then what became of the rest. */
export function ActionsPage({ page = 1, ...filter }: ActionsSearch) {
  return (
    <>
      <title>Actions · HomelabCmd</title>
      <Views here="actions" />
      <Waiting />
      <History filter={filter} page={page} />
    </>
  );
}
