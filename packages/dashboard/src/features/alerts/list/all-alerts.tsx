import type { Alert } from '@homelabcmd/protocol';
import { isNarrowed, isWanted } from '../../../api/alerts/alert-lists.ts';
import { useHeldRows } from '../../../lib/held-rows.ts';
import { useHasCursor } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';
import type { AlertsSearch } from '../search.ts';
import { Nothing } from './by-cause.tsx';
import { CauseRow } from './cause-row.tsx';

interface AllAlertsProps {
  readonly alerts: readonly Alert[];
  readonly search: AlertsSearch;
  readonly openId: number | null;
}

const ALONE: readonly Alert[] = [];

/** Every open alert by itself, also those that nobody was told of, the newest first. */
export function AllAlerts({ alerts, search, openId }: AllAlertsProps) {
  const { severity, server, q } = search;
  const filter = { severity, server, q };
  const wanted = alerts
    .filter((alert) => isWanted(filter, alert))
    .toSorted((a, b) => (a.since > b.since ? -1 : 1));
  const { rows, waiting, show, hold } = useHeldRows(
    wanted,
    ({ alert_id }) => String(alert_id),
    useHasCursor('alert '),
    JSON.stringify(filter),
  );
  if (rows.length === 0) return <Nothing isNarrowed={isNarrowed(filter)} view="all" />;
  return (
    <div {...hold}>
      <p className="new-causes" role="status">
        {waiting > 0 && <Button onClick={show}>{`${waiting} new`}</Button>}
      </p>
      <ol className="causes" aria-label="Open alerts">
        {rows.map((alert) => (
          <CauseRow
            key={alert.alert_id}
            cause={{ alert, members: ALONE }}
            isOpen={alert.alert_id === openId}
          />
        ))}
      </ol>
    </div>
  );
}
