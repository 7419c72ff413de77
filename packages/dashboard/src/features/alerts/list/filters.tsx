import type { AlertSeverity } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { isNarrowed } from '../../../api/alerts/alert-lists.ts';
import { SEVERITY_ORDER, severityLook } from '../../../api/alerts/words.ts';
import { useServers } from '../../../api/servers.ts';
import { Choice } from '../../../ui/narrow/choice.tsx';
import { SearchField } from '../../../ui/narrow/search-field.tsx';
import type { AlertsSearch } from '../search.ts';

const VIEWS = [
  [undefined, 'By cause'],
  ['all', 'All'],
  ['resolved', 'Resolved'],
] as const;

/** How the alerts stand, and which of them. */
export function Filters({ search, open }: { search: AlertsSearch; open: number | undefined }) {
  const navigate = useNavigate();
  const change = useCallback(
    (part: Partial<AlertsSearch>) =>
      void navigate({
        to: '.',
        search: (before: AlertsSearch) => ({ ...before, ...part, page: undefined }),
        replace: 'q' in part,
      }),
    [navigate],
  );
  const servers = useServers().data ?? [];
  return (
    <>
      <div className="sec">
        <h2>{search.view === 'resolved' ? 'Resolved' : search.view === 'all' ? 'Open' : 'Firing'}</h2>
        <div className="end">
          <nav className="chips" aria-label="How they stand">
            {VIEWS.map(([view, word]) => (
              <Link
                key={word}
                className="chip"
                to="/alerts"
                search={{ ...search, view, page: undefined }}
                data-chosen={view === search.view}
                aria-current={view === search.view ? 'true' : undefined}
              >
                {word} {view === 'all' && open !== undefined && <span className="dimmer">{open}</span>}
              </Link>
            ))}
          </nav>
        </div>
      </div>
      <div className="narrow">
        <Choice
          name="Severity"
          any="Every severity"
          chosen={search.severity}
          of={SEVERITY_ORDER}
          wordOf={(value) => severityLook(value as AlertSeverity).word}
          onChoose={(severity) => change({ severity: severity as AlertSeverity | undefined })}
        />
        <Choice
          name="Server"
          any="Every server"
          chosen={search.server}
          of={servers.map(({ server_id }) => server_id)}
          onChoose={(server) => change({ server })}
        />
        <SearchField q={search.q} label="Search the alerts" placeholder="Search alerts" change={change} />
        {isNarrowed(search) && (
          <Link className="link" to="/alerts" search={{ view: search.view }}>
            Clear the filters
          </Link>
        )}
      </div>
    </>
  );
}
