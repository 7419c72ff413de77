import type { Server, Service, Updates } from '@homelabcmd/protocol';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { type Line, useLine } from '../../../api/fleet/lines.ts';
import { useReading } from '../../../api/servers.ts';
import {
  currentSample,
  fullestDisk,
  lastSeenAt,
  serverLook,
  serverName,
} from '../../../api/vocabulary/server.ts';
import { useCursorRow, useRowKey } from '../../../lib/row-cursor.ts';
import { age } from '../../../lib/time-words.ts';
import { NO_READING, fullness, percent, plural } from '../../../lib/units.ts';
import { Glyph, Status, StatusWord } from '../../../ui/glyphs/glyph.tsx';
import { Cell, Row } from '../../../ui/table.tsx';
import { Age } from '../../../ui/time.tsx';
import { type ServerCounts, countsOf } from './counts.ts';
import { Spark, rangeWords } from './spark.tsx';

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
  const line = useLine(server.server_id);
  const counts = expected === undefined ? null : countsOf(expected);
  const upSeconds = currentSample(server, reading)?.uptime_seconds ?? null;
  return (
    <Row
      className="fleet-cols is-link"
      {...row}
      data-server={server.server_id}
      data-liveness={server.liveness}
    >
      <Cell>
        <RowGlyph server={server} counts={counts} />
      </Cell>
      <Cell>
        <Name server={server} />
      </Cell>
      <Cell className="dim reading wide-col table-col">
        {upSeconds === null ? NO_READING : age(upSeconds * 1000)}
      </Cell>
      <Readings server={server} reading={reading} line={line} />
      <Cell className="srv-services">
        <Counts server={server} counts={counts} />
      </Cell>
      <Cell className="srv-seen">
        <LastSeen server={server} at={lastSeenAt(server, reading)} />
      </Cell>
    </Row>
  );
});

/** A server with a critical service down shows no green disc. */
function RowGlyph({ server, counts }: { server: Server; counts: ServerCounts | null }) {
  const look = serverLook(server);
  const isSick = counts?.hasCriticalDown === true && look.tone === 'ok';
  return <Glyph look={isSick ? { shape: 'diamond', tone: 'bad' } : look} />;
}

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
      {server.facts?.monitor_only === true && <span className="small dimmer nowrap">Only watches</span>}
      <Waits updates={server.facts?.updates} />
      {server.tags.map((tag) => (
        <span key={tag} className="tag wide-col">
          {tag}
        </span>
      ))}
    </span>
  );
}

/** What of its packages cannot wait. */
function Waits({ updates }: { updates: Updates | undefined }) {
  const security = updates?.security ?? 0;
  return (
    <>
      {security > 0 && (
        <span className="small warn nowrap wide-col">{plural(security, 'security update')}</span>
      )}
      {updates?.reboot_required === true && (
        <span className="small warn nowrap wide-col">Reboot required</span>
      )}
    </>
  );
}

interface ReadingsProps {
  readonly server: Server;
  readonly reading: ReturnType<typeof useReading>;
  readonly line: Line | undefined;
}

/** What it uses now, with the last hour beside it where there is room. */
function Readings({ server, reading, line }: ReadingsProps) {
  const sample = currentSample(server, reading);
  const disk = fullestDisk(sample);
  const cpu = sample?.cpu_percent ?? null;
  const memory = fullness(sample?.memory_used_bytes ?? null, sample?.memory_total_bytes ?? null);
  const diskPart = disk === null ? null : fullness(disk.used_bytes, disk.total_bytes);
  return (
    <>
      <Percent value={cpu} points={line?.cpu} />
      <Percent value={memory} points={line?.memory} />
      <Percent value={diskPart} points={line?.disk} title={disk?.mount} />
      <Cell className="phone-line reading">
        {sample === null
          ? 'no readings'
          : `CPU ${percent(cpu)} · RAM ${percent(memory)} · Disk ${percent(diskPart)}`}
      </Cell>
    </>
  );
}

interface PercentProps {
  readonly value: number | null;
  readonly points: Line['cpu'] | undefined;
  readonly title?: string | undefined;
}

function Percent({ value, points, title }: PercentProps) {
  return (
    <Cell className="m table-col" title={title}>
      <span>{percent(value)}</span>
      {value !== null && points !== undefined ? (
        <>
          <span className="sr">{rangeWords(points)}</span>
          <Spark points={points} />
        </>
      ) : (
        <span className="spark" />
      )}
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
