import { type AlertFilter, useResolvedLately } from '../../../api/alerts/alert-lists.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { useHeldRows } from '../../../lib/held-rows.ts';
import { useHasCursor } from '../../../lib/row-cursor.ts';
import { PanelError } from '../../../ui/panel-error.tsx';
import { ResolvedRow } from './resolved-row.tsx';

/** What was over within the last day. What was only held back is told with its cause. */
export function ResolvedLately({ filter, openId }: { filter: AlertFilter; openId: number | null }) {
  const lately = useResolvedLately(filter);
  const causes = (lately.data?.alerts ?? []).filter(({ suppressed }) => suppressed === null);
  const { rows, hold } = useHeldRows(
    causes,
    ({ alert_id }) => String(alert_id),
    useHasCursor('alert '),
    JSON.stringify(filter),
  );
  if (lately.isError && lately.data === undefined)
    return (
      <PanelError
        title="Could not load what was resolved"
        detail={detailOf(lately.error)}
        requestId={requestIdOf(lately.error)}
        onRetry={() => void lately.refetch()}
      />
    );
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="resolved" className="mt-4" {...hold}>
      <div className="sec">
        <h2 id="resolved">Resolved, last 24 h</h2>
        <span className="dimmer">{causes.length}</span>
      </div>
      <ol className="causes">
        {rows.map((alert) => (
          <ResolvedRow key={alert.alert_id} alert={alert} isOpen={alert.alert_id === openId} />
        ))}
      </ol>
    </section>
  );
}
