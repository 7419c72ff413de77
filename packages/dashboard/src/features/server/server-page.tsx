import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useReading } from '../../api/servers.ts';
import { lastSeenAt, serverLook, serverName } from '../../api/vocabulary/server.ts';
import { span } from '../../lib/time-words.ts';
import { Glyph, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { Ago } from '../../ui/time.tsx';
import { WhatItAllows } from './allows/what-it-allows.tsx';
import { ManageServer, type Open } from './manage/manage-server.tsx';
import { Notices } from './notices.tsx';
import { UpdatesFact } from './updates.tsx';

interface ServerPageProps {
  readonly server: Server;
  readonly onRemoved: () => void;
  /** How it is and was, in charts. */
  readonly charts: ReactNode;
  readonly children: ReactNode;
}

/** One server: what it is, how it is, and below that what runs on it. */
export function ServerPage({ server, onRemoved, charts, children }: ServerPageProps) {
  const [open, setOpen] = useState<Open>(null);
  const look = serverLook(server);
  const name = serverName(server);
  return (
    <>
      <title>{`${name} · HomelabCmd`}</title>
      <p className="crumb">
        <Link to="/">Fleet</Link> <Icon name="right" /> <span>{server.server_id}</span>
      </p>
      <div className="title" data-liveness={server.liveness}>
        <Glyph look={look} />
        <h1>{name}</h1>
        {look.tone === 'ok' ? <span className="dim">{look.word}</span> : <StatusWord look={look} />}
        {server.tags.map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
        <ManageServer server={server} open={open} setOpen={setOpen} onRemoved={onRemoved} />
      </div>
      <FactsLine server={server} />
      <Notices server={server} onEnrol={() => setOpen('enrol')} />
      {charts}
      {children}
      <WhatItAllows server={server} />
    </>
  );
}

function FactsLine({ server }: { server: Server }) {
  const reading = useReading(server.server_id);
  const { facts } = server;
  const uptimeSeconds = server.liveness === 'online' ? (reading?.sample.uptime_seconds ?? null) : null;
  const all: (readonly [string, string | null])[] = [
    ['OS', facts?.os ?? null],
    ['Kernel', facts?.kernel ?? null],
    ['Up', uptimeSeconds === null ? null : span(uptimeSeconds * 1000)],
    ['Address', facts?.addresses[0] ?? null],
    ['Agent', facts?.agent_version ?? null],
  ];
  const seenAt = lastSeenAt(server, reading);
  const isOnline = server.liveness === 'online';
  return (
    <dl className="facts">
      {all.map(
        ([term, value]) =>
          value !== null && (
            <div key={term}>
              <dt>{term}</dt> <dd>{value}</dd>
            </div>
          ),
      )}
      {facts?.updates !== undefined && (
        <div>
          <dt>Updates</dt>{' '}
          <dd>
            <UpdatesFact updates={facts.updates} />
          </dd>
        </div>
      )}
      {seenAt !== null && (
        <div className={`live ${isOnline ? '' : server.liveness === 'offline' ? 'is-bad' : 'is-warn'}`}>
          <dt className="sr">Last seen</dt>
          <span className={`live-dot ${isOnline ? 'pulse' : 'is-hollow'}`} aria-hidden="true" />
          <dd>
            seen <Ago at={seenAt} />
          </dd>
        </div>
      )}
    </dl>
  );
}
