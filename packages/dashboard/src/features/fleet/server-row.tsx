import type { Server, Service } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { useReading } from '../../api/servers.ts';
import {
  currentSample,
  fullestDisk,
  lastSeenAt,
  serverLook,
  serverName,
} from '../../api/vocabulary/server.ts';
import { useCursorRow, useRowKey } from '../../lib/row-cursor.ts';
import { age } from '../../lib/time-words.ts';
import { NO_READING, fullness, percent } from '../../lib/units.ts';
import { Glyph, Status, StatusWord } from '../../ui/glyphs/glyph.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Cell, Row } from '../../ui/table.tsx';
import { Age } from '../../ui/time.tsx';
import { type ServerCounts, countsOf } from './counts.ts';

interface ServerRowProps {
  readonly server: Server;
  /** What should run on it; `undefined` while that has not been read. */
  readonly expected: readonly Service[] | undefined;
}

/** One server of the fleet. Of a server that is not online no reading is shown. */
export const ServerRow = memo(function ServerRow({ server, expected }: ServerRowProps) {
  const key = `server ${server.server_id}`;
  const { row } = useCursorRow(key);
  const navigate = useNavigate();
  const params = { serverId: server.server_id };
  useRowKey(key, 'Enter', () => void navigate({ to: '/servers/$serverId', params }));
  const reading = useReading(server.server_id);
  const sample = currentSample(server, reading);
  const disk = fullestDisk(sample);
  const memory = fullness(sample?.memory_used_bytes ?? null, sample?.memory_total_bytes ?? null);
  const look = serverLook(server);
  const counts = expected === undefined ? null : countsOf(expected);
  const upSeconds = sample?.uptime_seconds ?? null;
  return (
    <Row
      className="fleet-cols is-link"
      {...row}
      data-server={server.server_id}
      data-liveness={server.liveness}
    >
      <Cell>
        <Glyph
          look={
            counts?.hasCriticalDown === true && look.tone === 'ok' ? { shape: 'diamond', tone: 'bad' } : look
          }
        />
      </Cell>
      <Cell>
        <Name server={server} />
      </Cell>
      <Cell className="dim reading wide-col table-col">
        {upSeconds === null ? NO_READING : age(upSeconds * 1000)}
      </Cell>
      <Percent value={sample?.cpu_percent ?? null} />
      <Percent value={memory} />
      <Percent value={disk === null ? null : fullness(disk.used_bytes, disk.total_bytes)} />
      <Cell className="srv-services">
        <Counts server={server} counts={counts} />
      </Cell>
      <Cell className="srv-seen">
        <LastSeen server={server} at={lastSeenAt(server, reading)} />
      </Cell>
      <Cell className="phone-line">
        {sample !== null && `CPU ${percent(sample.cpu_percent)} · RAM ${percent(memory)}`}
      </Cell>
    </Row>
  );
});

function Name({ server }: { server: Server }) {
  const look = serverLook(server);
  return (
    <span className="name">
      <Link className="row-link clip" to="/servers/$serverId" params={{ serverId: server.server_id }}>
        <b>{serverName(server)}</b>
      </Link>
      {look.tone === 'ok' ? (
        <span className="sr">{look.word}</span>
      ) : (
        <span className="small">
          <StatusWord look={look} />
        </span>
      )}
      {server.tags.map((tag) => (
        <span key={tag} className="tag wide-col">
          {tag}
        </span>
      ))}
    </span>
  );
}

function Percent({ value }: { value: number | null }) {
  return (
    <Cell className="m table-col">
      <span>{percent(value)}</span>
      <Meter value={value} />
    </Cell>
  );
}

function Counts({ server, counts }: { server: Server; counts: ServerCounts | null }) {
  if (counts === null) return null;
  if (server.liveness !== 'online') return <span className="dimmer">unknown</span>;
  if (counts.expected === 0) return <span className="dimmer">none expected</span>;
  const share = `${counts.running}/${counts.expected}`;
  if (counts.down === 0)
    return (
      <span>
        {share} <span className="dim">running</span>
      </span>
    );
  const look = counts.hasFailed
    ? ({ shape: 'diamond', tone: 'bad', word: `${counts.down} down` } as const)
    : ({ shape: 'square', tone: 'warn', word: `${counts.down} down` } as const);
  return (
    <span className="st">
      <Status look={look} />
      <span className="dimmer">{share}</span>
    </span>
  );
}

function LastSeen({ server, at }: { server: Server; at: string | null }) {
  if (at === null) return <span className="dimmer small">never</span>;
  const tone = server.liveness === 'offline' ? 'is-bad' : server.liveness === 'stale' ? 'is-warn' : '';
  return (
    <span className={`live ${tone}`}>
      <span className={`live-dot ${server.liveness === 'online' ? '' : 'is-hollow'}`} aria-hidden="true" />
      <Age at={at} />
      <span className="dimmer wide-col">{server.facts?.agent_version}</span>
    </span>
  );
}
