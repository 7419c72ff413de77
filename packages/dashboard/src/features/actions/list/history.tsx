import { Link } from '@tanstack/react-router';
import type { HistoryFilter } from '../../../api/history/filter.ts';
import { useHistory } from '../../../api/history/history.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { HeldTable, listKeyOf } from '../narrow/held-table.tsx';
import { ActionRow } from './action-row.tsx';
import { Narrow, Search, StatusChips, hasFilters } from './filters.tsx';

const PAGE = 50;
const COLUMNS = [
  { word: 'Shape', isHidden: true },
  { word: 'State' },
  { word: 'Action' },
  { word: 'Asked, approved by', className: 'wide-col' },
  { word: 'Outcome', className: 'wide-col' },
  { word: 'When', className: 'num' },
];
const HEAD = { className: 'act-cols', columns: COLUMNS };

/** What became of everything that was decided, under the filters of the address. */
export function History({ filter, page }: { filter: HistoryFilter; page: number }) {
  const history = useHistory(filter, PAGE, (page - 1) * PAGE);
  const { data } = history;
  return (
    <section aria-labelledby="history" className="mt-5">
      <div className="sec">
        <h2 id="history">History</h2>
        <div className="end">
          <StatusChips filter={filter} />
          <Search filter={filter} />
        </div>
      </div>
      <Narrow filter={filter} total={data?.total} />
      {history.isPending && <RowSkeleton rows={8} label="Loading the history" />}
      {history.isError && data === undefined && (
        <PanelError
          title="Could not load the history"
          detail={detailOf(history.error)}
          requestId={requestIdOf(history.error)}
          onRetry={() => void history.refetch()}
        />
      )}
      {data?.actions.length === 0 && <Nothing filter={filter} total={data.total} />}
      {data !== undefined && data.actions.length > 0 && (
        <HeldTable
          label="History of actions"
          head={HEAD}
          items={data.actions}
          keyOf={({ action_id }) => String(action_id)}
          cursorOf="action "
          listKey={listKeyOf(history.isPlaceholderData, [filter, page])}
          isOld={history.isPlaceholderData}
        >
          {(rows) => (
            <tbody role="rowgroup">
              {rows.map((action) => (
                <ActionRow key={action.action_id} action={action} />
              ))}
            </tbody>
          )}
        </HeldTable>
      )}
      {data !== undefined && <Pager filter={filter} page={page} total={data.total} />}
    </section>
  );
}

function Nothing({ filter, total }: { filter: HistoryFilter; total: number }) {
  if (total > 0) {
    return (
      <p className="empty">
        There are not that many pages.{' '}
        <Link className="link" to="/actions" search={filter}>
          Go to the first one
        </Link>
      </p>
    );
  }
  if (hasFilters(filter)) {
    return (
      <p className="empty" role="status">
        No action matches these filters.{' '}
        <Link className="link" to="/actions" search={{}}>
          Clear the filters
        </Link>
      </p>
    );
  }
  return (
    <p className="empty">
      Nothing has been decided yet. Ask for a restart on the page of a server: it waits above until somebody
      approves it, and is kept here from then on.
    </p>
  );
}

function Pager({ filter, page, total }: { filter: HistoryFilter; page: number; total: number }) {
  const last = Math.ceil(total / PAGE);
  if (last <= 1) return null;
  const to = (wanted: number) => ({ ...filter, page: wanted === 1 ? undefined : wanted });
  return (
    <nav className="pager" aria-label="Pages">
      <span>
        Page {page} of {last}, {total} actions
      </span>
      {page > 1 && (
        <Link className="btn" to="/actions" search={to(page - 1)}>
          Newer
        </Link>
      )}
      {page < last && (
        <Link className="btn" to="/actions" search={to(page + 1)}>
          Older
        </Link>
      )}
    </nav>
  );
}
