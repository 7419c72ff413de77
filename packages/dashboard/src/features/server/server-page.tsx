import type { Server } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useReading } from '../../api/servers.ts';
import { lastSeenAt, serverLook, serverName } from '../../api/vocabulary/server.ts';
import { span } from '../../lib/time-words.ts';
import { Glyph, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { Age, Ago } from '../../ui/time.tsx';
import { Readings } from './readings.tsx';

/** One server: what it is, how it is, and below that what runs on it. */
export function ServerPage({ server, children }: { server: Server; children: ReactNode }) {
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
      </div>
      <FactsLine server={server} />
      <Notices server={server} />
      <Readings server={server} />
      {children}
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

function Notices({ server }: { server: Server }) {
  const { facts, liveness, maintenance } = server;
  return (
    <>
      {(liveness === 'stale' || liveness === 'offline') && (
        <Notice tone="warn" title={liveness === 'offline' ? 'It is offline.' : 'It is silent.'}>
          The hub has not heard from it for <Age at={server.last_seen_at ?? server.liveness_since} />, so
          nothing below is current. Look for power or network; a restart that is asked for now waits until it
          is back.
        </Notice>
      )}
      {maintenance.on && (
        <Notice tone="acc" title="It is in maintenance.">
          {maintenance.reason}
        </Notice>
      )}
      {facts !== null && facts.systemd_version === null && (
        <Notice tone="warn" title="The agent cannot speak to systemd here.">
          {facts.systemd_problem ?? 'It sees no services and can restart none.'}
        </Notice>
      )}
      {facts?.monitor_only === true && facts.systemd_version !== null && (
        <Notice tone="mute" title="This agent only watches.">
          Nothing on {server.server_id} can be restarted from here. To allow more, install the agent there
          with its restart socket and list the services that may be restarted in{' '}
          <code>/etc/homelabcmd/restart-allowed</code>.
        </Notice>
      )}
      {liveness === 'never_seen' && (
        <Notice tone="mute" title="Its agent has not connected yet.">
          It appears here by itself as soon as it does.
        </Notice>
      )}
    </>
  );
}

const NOTICE_SHAPES = { warn: 'triangle', acc: 'bars', mute: 'ringInfo' } as const;

interface NoticeProps {
  readonly tone: keyof typeof NOTICE_SHAPES;
  readonly title: string;
  readonly children: ReactNode;
}

function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div className="notice" role="note">
      <Glyph look={{ shape: NOTICE_SHAPES[tone], tone }} />
      <p>
        <b>{title}</b> {children}
      </p>
    </div>
  );
}
