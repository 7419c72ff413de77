import { Link } from '@tanstack/react-router';
import { isNarrowed } from '../../../api/alerts/alert-lists.ts';
import { useHeldRows } from '../../../lib/held-rows.ts';
import { useHasCursor } from '../../../lib/row-cursor.ts';
import { Button } from '../../../ui/button.tsx';
import { Glyph } from '../../../ui/glyphs/glyph.tsx';
import { type Cause, isCauseWanted } from '../causes.ts';
import type { AlertsSearch } from '../search.ts';
import { Silences } from '../silence/silences.tsx';
import { CauseRow } from './cause-row.tsx';
import { ResolvedLately } from './resolved-lately.tsx';

interface ByCauseProps {
  readonly causes: readonly Cause[];
  readonly search: AlertsSearch;
  /** The alert whose story is open. */
  readonly openId: number | null;
}

/** What is wrong now, each cause with what it holds back; below it what was over lately, and what is silenced. */
export function ByCause({ causes, search, openId }: ByCauseProps) {
  const { severity, server, q } = search;
  const filter = { severity, server, q };
  const wanted = causes.filter((cause) => isCauseWanted(filter, cause));
  const { rows, waiting, show, hold } = useHeldRows(
    wanted,
    ({ alert }) => String(alert.alert_id),
    useHasCursor('alert '),
    JSON.stringify(filter),
  );
  return (
    <>
      <div {...hold}>
        <p className="new-causes" role="status">
          {waiting > 0 && <Button onClick={show}>{`${waiting} new`}</Button>}
        </p>
        {rows.length === 0 ? (
          <Nothing isNarrowed={isNarrowed(filter)} view={search.view} />
        ) : (
          <ol className="causes" aria-label="Causes">
            {rows.map((cause) => (
              <CauseRow key={cause.alert.alert_id} cause={cause} isOpen={cause.alert.alert_id === openId} />
            ))}
          </ol>
        )}
      </div>
      <ResolvedLately filter={filter} openId={openId} />
      <Silences />
    </>
  );
}

export function Nothing({ isNarrowed: isNarrow, view }: { isNarrowed: boolean; view: AlertsSearch['view'] }) {
  if (isNarrow)
    return (
      <p className="empty" role="status">
        No alert matches these filters.{' '}
        <Link className="link" to="/alerts" search={{ view }}>
          Clear the filters
        </Link>
      </p>
    );
  return (
    <p className="empty">
      <Glyph look={{ shape: 'discTick', tone: 'ok' }} /> Nothing is wrong that anybody has to be told of. What
      is watched, and from when on it is an alert, stands in the{' '}
      <Link className="link" to="/settings/$section" params={{ section: 'alert-rules' }}>
        alert rules
      </Link>
      .
    </p>
  );
}
