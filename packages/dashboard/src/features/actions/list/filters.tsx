import type { ActionStatus } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type HistoryFilter, exportAddress } from '../../../api/history/filter.ts';
import { type Counts, useCounts } from '../../../api/history/history.ts';
import { useServers } from '../../../api/servers.ts';
import { useExpected } from '../../../api/services.ts';
import { actionLook } from '../../../api/vocabulary/action.ts';
import { Choice } from '../../../ui/narrow/choice.tsx';
import { ExportLinks } from '../narrow/export-links.tsx';
import { SearchField } from '../../../ui/narrow/search-field.tsx';

/** In the order in which they are looked for. */
const STATUSES = [
  'approved',
  'dispatched',
  'executing',
  'unknown',
  'failed',
  'completed',
  'refused',
  'rejected',
  'cancelled',
  'expired',
  'abandoned',
] as const satisfies readonly ActionStatus[];

/** Puts a changed filter into the address. What is typed letter by letter makes no steps to go back over. */
function useChange(filter: HistoryFilter) {
  const navigate = useNavigate();
  const { status, server, service, q } = filter;
  return useCallback(
    (change: HistoryFilter) =>
      void navigate({ to: '/actions', search: { status, server, service, q, ...change }, replace: true }),
    [navigate, status, server, service, q],
  );
}

/** The states with how many there are of each under the other filters. One without any is not offered. */
export function StatusChips({ filter }: { filter: HistoryFilter }) {
  const counts = useCounts(filter);
  const offered = STATUSES.filter((each) => each === filter.status || countOf(counts, each) !== 0);
  const all = counts && STATUSES.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
  return (
    <nav className="chips" aria-label="Filter by state">
      <Chip filter={{ ...filter, status: undefined }} isChosen={filter.status === undefined} count={all}>
        All
      </Chip>
      {offered.map((each) => (
        <Chip
          key={each}
          filter={{ ...filter, status: each }}
          isChosen={filter.status === each}
          count={countOf(counts, each)}
        >
          {actionLook(each).word}
        </Chip>
      ))}
    </nav>
  );
}

const countOf = (counts: Counts | undefined, status: ActionStatus) => counts && (counts[status] ?? 0);

interface ChipProps {
  readonly filter: HistoryFilter;
  readonly isChosen: boolean;
  readonly count: number | undefined;
  readonly children: string;
}

function Chip({ filter, isChosen, count, children }: ChipProps) {
  return (
    <Link
      className="chip"
      to="/actions"
      search={filter}
      data-chosen={isChosen}
      aria-current={isChosen ? 'true' : undefined}
    >
      {children} {count !== undefined && <span className="dimmer">{count}</span>}
    </Link>
  );
}

export function Search({ filter }: { filter: HistoryFilter }) {
  const change = useChange(filter);
  return (
    <SearchField
      q={filter.q}
      label="Search the history"
      placeholder="Server, service, person"
      change={change}
    />
  );
}

/** Which server and which service, and the whole of what is found as a file. */
export function Narrow({ filter, total }: { filter: HistoryFilter; total: number | undefined }) {
  const change = useChange(filter);
  const servers = (useServers().data ?? []).map((each) => each.server_id);
  const services = (useExpected().data ?? [])
    .filter((each) => filter.server === undefined || each.server_id === filter.server)
    .map((each) => each.service_name);
  return (
    <div className="narrow">
      <Choice
        name="Server"
        any="Any server"
        chosen={filter.server}
        of={servers}
        onChoose={(server) => change({ server })}
      />
      <Choice
        name="Service"
        any="Any service"
        chosen={filter.service}
        of={services}
        onChoose={(service) => change({ service })}
      />
      {hasFilters(filter) && (
        <Link className="btn btn-plain" to="/actions" search={{}}>
          Clear the filters
        </Link>
      )}
      {total !== undefined && total > 0 && (
        <ExportLinks
          what={String(total)}
          title={`All ${total} that these filters find, as a file`}
          addressOf={(format) => exportAddress(filter, format)}
        />
      )}
    </div>
  );
}

export const hasFilters = ({ status, server, service, q }: HistoryFilter): boolean =>
  [status, server, service, q].some((part) => part !== undefined);
