import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useMay } from '../../../api/access/may.ts';
import { useReadLines } from '../../../api/fleet/lines.ts';
import { useExpected } from '../../../api/services.ts';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/glyphs/icon.tsx';
import { Head, Table } from '../../../ui/table.tsx';
import type { Need } from '../needs-you.ts';
import { groupByServer } from './counts.ts';
import { Filters, SearchField } from './filters.tsx';
import { type FleetSearch, isFound, isSearching, isShown, serversInNeed } from './search.ts';
import { ServerRow } from './server-row.tsx';

const COLUMNS = [
  { word: 'State', isHidden: true },
  { word: 'Server' },
  { word: 'Up', className: 'wide-col' },
  { word: 'CPU', className: 'num' },
  { word: 'RAM', className: 'num' },
  { word: 'Disk', className: 'num' },
  { word: 'Services' },
  { word: 'Last seen' },
];

interface ServersPanelProps {
  readonly servers: readonly Server[];
  readonly needs: readonly Need[];
  readonly search: FleetSearch;
}

/** The servers that are wanted, of all that there are. */
export function ServersPanel({ servers, needs, search }: ServersPanelProps) {
  const mayAdd = useMay('enrolServer');
  const lines = useReadLines();
  const groups = useGroups();
  const inNeed = useMemo(() => serversInNeed(needs), [needs]);
  const { q, show, tag } = search;
  const wanted = servers.filter(
    (server) =>
      (show === undefined || isShown(server, show, inNeed)) &&
      (tag === undefined || server.tags.includes(tag)) &&
      (q === undefined || isFound(server, groups?.get(server.server_id) ?? NONE, q)),
  );
  return (
    <section aria-labelledby="servers">
      <div className="sec">
        <h2 id="servers">Servers</h2>
        <span className="dimmer" role="status">
          {isSearching(search) ? `${wanted.length} of ${servers.length}` : servers.length}
        </span>
        {mayAdd && (
          <Link className="btn btn-plain" to="/add-server">
            <Icon name="plus" />
            Add server
          </Link>
        )}
        <div className="end">
          <Filters servers={servers} needs={needs} inNeed={inNeed} search={search} />
          <SearchField search={search} />
        </div>
      </div>
      {wanted.length === 0 ? (
        <NoMatch search={search} />
      ) : (
        <Table label="Servers">
          <Head className="fleet-cols" columns={COLUMNS} />
          <tbody role="rowgroup" className="fleet-rows">
            {wanted.map((server) => (
              <ServerRow
                key={server.server_id}
                server={server}
                expected={groups === undefined ? undefined : (groups.get(server.server_id) ?? NONE)}
              />
            ))}
          </tbody>
        </Table>
      )}
      {lines.isError && (
        <p className="note dim mt-3 flex items-center gap-3">
          The lines of the last hour could not be read.
          <Button onClick={() => void lines.refetch()}>Try again</Button>
        </p>
      )}
    </section>
  );
}

const NONE: never[] = [];

/** What should run, by server; `undefined` while it has not been read. */
function useGroups(): ReturnType<typeof groupByServer> | undefined {
  const expected = useExpected().data;
  const [groups, setGroups] = useState<ReturnType<typeof groupByServer>>(new Map());
  const newest = groupByServer(expected ?? NONE, groups);
  if (newest !== groups) setGroups(newest);
  return expected === undefined ? undefined : newest;
}

function NoMatch({ search }: { search: FleetSearch }) {
  return (
    <div className="border-t border-line py-4">
      <p>No server matches{search.q === undefined ? ' this filter' : ` “${search.q.trim()}”`}.</p>
      <p className="dim">
        {search.q !== undefined && 'The search looks at names, tags and the services that should run. '}
        <Link className="link" to="/" search={{}} resetScroll={false}>
          Clear filters
        </Link>
      </p>
    </div>
  );
}
