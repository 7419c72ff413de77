import { Link } from '@tanstack/react-router';
import { isNarrowed, useResolved } from '../../../api/alerts/alert-lists.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import type { AlertsSearch } from '../search.ts';
import { Nothing } from './by-cause.tsx';
import { ResolvedRow } from './resolved-row.tsx';

const PAGE = 50;

/** All that is over, the newest end first, under the filters of the address. */
export function ResolvedPages({ search, openId }: { search: AlertsSearch; openId: number | null }) {
  const { severity, server, q, page = 1 } = search;
  const filter = { severity, server, q };
  const resolved = useResolved(filter, PAGE, (page - 1) * PAGE);
  const { data } = resolved;
  if (resolved.isPending) return <RowSkeleton rows={6} label="Loading what was resolved" />;
  if (data === undefined)
    return (
      <PanelError
        title="Could not load what was resolved"
        detail={detailOf(resolved.error)}
        requestId={requestIdOf(resolved.error)}
        onRetry={() => void resolved.refetch()}
      />
    );
  if (data.alerts.length === 0)
    return isNarrowed(filter) ? (
      <Nothing isNarrowed view="resolved" />
    ) : (
      <p className="empty">Nothing has been resolved yet.</p>
    );
  return (
    <>
      <ol className="causes" aria-label="Resolved" aria-busy={resolved.isPlaceholderData}>
        {data.alerts.map((alert) => (
          <ResolvedRow key={alert.alert_id} alert={alert} isOpen={alert.alert_id === openId} />
        ))}
      </ol>
      <Pager search={search} page={page} total={data.total} />
    </>
  );
}

function Pager({ search, page, total }: { search: AlertsSearch; page: number; total: number }) {
  const last = Math.ceil(total / PAGE);
  if (last <= 1) return null;
  const to = (wanted: number) => ({ ...search, page: wanted === 1 ? undefined : wanted });
  return (
    <nav className="pager" aria-label="Pages">
      <span>
        Page {page} of {last}, {total} alerts
      </span>
      {page > 1 && (
        <Link className="btn" to="/alerts" search={to(page - 1)}>
          Newer
        </Link>
      )}
      {page < last && (
        <Link className="btn" to="/alerts" search={to(page + 1)}>
          Older
        </Link>
      )}
    </nav>
  );
}
