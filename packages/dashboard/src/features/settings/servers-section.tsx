import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useMay } from '../../api/access/may.ts';
import { detailOf, requestIdOf } from '../../api/problem.ts';
import { useReading, useServers } from '../../api/servers.ts';
import { lastSeenAt, serverLook } from '../../api/vocabulary/server.ts';
import { NO_READING } from '../../lib/units.ts';
import { Glyph, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RowSkeleton } from '../../ui/skeleton.tsx';
import { Cell, Head, Row, Table } from '../../ui/table.tsx';
import { Ago } from '../../ui/time.tsx';

const COLUMNS = [
  { word: 'Shape', isHidden: true },
  { word: 'Server' },
  { word: 'System' },
  { word: 'Agent' },
  { word: 'Address', className: 'wide-col' },
  { word: 'Tags', className: 'wide-col' },
  { word: 'Last seen', className: 'num' },
];

/** Every server with what is known of the machine. Changes are made on its own page. */
export function ServersSection() {
  const servers = useServers();
  if (servers.isPending) return <RowSkeleton rows={4} label="Loading the servers" />;
  if (servers.data === undefined) {
    return (
      <PanelError
        title="Could not load the servers"
        detail={detailOf(servers.error)}
        requestId={requestIdOf(servers.error)}
        onRetry={() => void servers.refetch()}
      />
    );
  }
  const sorted = servers.data.toSorted((a, b) => a.server_id.localeCompare(b.server_id));
  return (
    <>
      <p className="settings-lede">
        Name, tags, maintenance and removal are on the page of each server.
        <AddServer />
      </p>
      {sorted.length === 0 ? (
        <p className="empty">
          There is no server yet. Add one: it appears here when its agent has connected.
        </p>
      ) : (
        <Table label="Servers">
          <Head className="fact-cols" columns={COLUMNS} />
          <tbody role="rowgroup">
            {sorted.map((server) => (
              <ServerFacts key={server.server_id} server={server} />
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

/** Leads to the page that adds a server: it has the place of a server of that name. */
export function AddServer({ isPrimary = false }: { isPrimary?: boolean }) {
  if (!useMay('enrolServer')) return null;
  return (
    <Link className={`btn ${isPrimary ? 'btn-go' : ''}`} to="/add-server">
      <Icon name="plus" />
      Add a server
    </Link>
  );
}

const ServerFacts = memo(function ServerFacts({ server }: { server: Server }) {
  const { facts, server_id, display_name, tags } = server;
  const seenAt = lastSeenAt(server, useReading(server_id));
  const look = serverLook(server);
  return (
    <Row className="fact-cols is-link">
      <Cell>
        <Glyph look={look} />
      </Cell>
      <Cell className="clip">
        <Link className="row-link strong" to="/servers/$serverId" params={{ serverId: server_id }}>
          {display_name ?? server_id}
        </Link>{' '}
        {display_name !== null && <span className="dimmer small">{server_id}</span>}
        {look.tone === 'ok' ? (
          <span className="sr"> {look.word}</span>
        ) : (
          <>
            {' '}
            <StatusWord look={look} />
          </>
        )}
      </Cell>
      <Cell className="dim clip fact-os">{facts?.os ?? 'Waiting for its agent'}</Cell>
      <Cell className={`dim fact-agent ${facts === null ? 'table-col' : ''}`}>
        {facts === null ? NO_READING : `Agent ${facts.agent_version}`}
      </Cell>
      <Cell className="dim clip mono small wide-col table-col">
        {facts?.addresses.join(', ') || NO_READING}
      </Cell>
      <Cell className="fact-tags wide-col table-col">
        {tags.map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
      </Cell>
      <Cell className="num dim fact-seen">{seenAt === null ? 'never' : <Ago at={seenAt} />}</Cell>
    </Row>
  );
});
