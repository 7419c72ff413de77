import { Link } from '@tanstack/react-router';
import { useAudit } from '../../../api/audit/entries.ts';
import type { AuditFilter } from '../../../api/audit/filter.ts';
import { detailOf, requestIdOf } from '../../../api/problem.ts';
import { Button } from '../../../ui/button.tsx';
import { PanelError } from '../../../ui/panel-error.tsx';
import { RowSkeleton } from '../../../ui/skeleton.tsx';
import { HeldTable, listKeyOf } from '../narrow/held-table.tsx';
import { AuditNarrow, AuditSearch, TopicChips, hasFilters } from './audit-filters.tsx';
import { AUDIT_ROW, AuditRow } from './audit-row.tsx';

const COLUMNS = [
  { word: 'When' },
  { word: 'Who' },
  { word: 'What' },
  { word: 'On', className: 'table-col' },
  { word: 'From', className: 'wide-col' },
  { word: 'Action', className: 'num' },
];
const HEAD = { className: 'aud-cols', columns: COLUMNS };

/** Who did what under the filters of the address, newest first, as far down as one asks. */
export function AuditEntries({ filter }: { filter: AuditFilter }) {
  const audit = useAudit(filter);
  const { entries } = audit;
  const isRead = !audit.isPending && audit.error === null;
  return (
    <section aria-labelledby="entries" className="mt-5">
      <div className="sec">
        <h2 id="entries">Entries</h2>
        <div className="end">
          <TopicChips filter={filter} />
          <AuditSearch filter={filter} />
        </div>
      </div>
      <AuditNarrow
        filter={filter}
        actors={entries.map(({ actor }) => actor)}
        hasEntries={entries.length > 0}
      />
      {audit.isPending && <RowSkeleton rows={8} label="Loading the audit" />}
      {audit.error !== null && (
        <PanelError
          title="Could not load the audit"
          detail={detailOf(audit.error)}
          requestId={requestIdOf(audit.error)}
          onRetry={audit.again}
        />
      )}
      {isRead && entries.length === 0 && <Nothing filter={filter} />}
      {isRead && entries.length > 0 && (
        <HeldTable
          label="Entries of the audit"
          head={HEAD}
          items={entries}
          keyOf={({ entry }) => String(entry)}
          cursorOf={AUDIT_ROW}
          listKey={listKeyOf(audit.isOld, [filter, audit.pageCount])}
          isOld={audit.isOld}
        >
          {(rows) => rows.map((entry) => <AuditRow key={entry.entry} entry={entry} />)}
        </HeldTable>
      )}
      {audit.hasGap && (
        <p className="empty" role="status">
          Much has happened since.{' '}
          <Button kind="plain" onClick={audit.again}>
            Read the list anew
          </Button>
        </p>
      )}
      <Older audit={audit} />
    </section>
  );
}

function Nothing({ filter }: { filter: AuditFilter }) {
  if (!hasFilters(filter)) return <p className="empty">Nothing has been written yet.</p>;
  return (
    <p className="empty" role="status">
      No entry matches these filters.{' '}
      <Link className="link" to="/actions/audit" search={{}}>
        Clear the filters
      </Link>
    </p>
  );
}

function Older({ audit }: { audit: ReturnType<typeof useAudit> }) {
  if (!audit.hasOlder || audit.isOld) return null;
  return (
    <div className="pager">
      <Button onClick={audit.older} isBusy={audit.isReadingOlder} busyWord="Reading">
        Show older
      </Button>
      <span role="status">
        {audit.hasOlderFailed && !audit.isReadingOlder
          ? 'The older ones could not be read. Try again.'
          : `${audit.entries.length} are shown`}
      </span>
    </div>
  );
}
