import type { MetricSample, Server } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { useReading } from '../../api/servers.ts';
import { currentSample, fullestDisk } from '../../api/vocabulary/server.ts';
import { span } from '../../lib/time-words.ts';
import { NO_READING, bytes, bytesInUnitOf, fullness, percent } from '../../lib/units.ts';
import { Meter } from '../../ui/meter.tsx';

/** The newest readings of a server, as they are now: nothing of what was. */
export function Readings({ server }: { server: Server }) {
  const sample = currentSample(server, useReading(server.server_id));
  const cores = server.facts?.cpu_count ?? null;
  return (
    <section aria-label="Readings" className="charts readings">
      <Reading name="CPU" value={percent(sample?.cpu_percent ?? null)} part={sample?.cpu_percent ?? null}>
        {cores !== null && sample !== null && `of ${cores} ${cores === 1 ? 'core' : 'cores'}`}
      </Reading>
      <Memory sample={sample} />
      <Disk sample={sample} />
      <Load sample={sample} cores={cores} />
    </section>
  );
}

function Memory({ sample }: { sample: MetricSample | null }) {
  const used = sample?.memory_used_bytes ?? null;
  const total = sample?.memory_total_bytes ?? null;
  const part = fullness(used, total);
  return (
    <Reading name="Memory" value={bytes(used)} part={part}>
      {used !== null && total !== null && `of ${ofTotal(total, used)} · ${percent(part)}`}
    </Reading>
  );
}

function Disk({ sample }: { sample: MetricSample | null }) {
  const disk = fullestDisk(sample);
  const part = disk === null ? null : fullness(disk.used_bytes, disk.total_bytes);
  return (
    <Reading
      name={disk === null ? 'Disk' : `Disk ${disk.mount}`}
      value={bytes(disk?.used_bytes ?? null)}
      part={part}
    >
      {disk !== null && `of ${ofTotal(disk.total_bytes, disk.used_bytes)} · ${percent(part)}`}
    </Reading>
  );
}

/** The load of one minute, drawn against the cores that there are. */
function Load({ sample, cores }: { sample: MetricSample | null; cores: number | null }) {
  const load = sample?.load_1m ?? null;
  const others = [sample?.load_5m ?? null, sample?.load_15m ?? null].filter((value) => value !== null);
  const uptimeSeconds = sample?.uptime_seconds ?? null;
  return (
    <Reading
      name="Load"
      value={load === null ? NO_READING : load.toFixed(2)}
      part={load === null || cores === null ? null : (load / cores) * 100}
      end={cores === null ? '' : String(cores)}
    >
      {others.length > 0 && others.map((value) => value.toFixed(2)).join(' · ')}
      {uptimeSeconds !== null && ` · up ${span(uptimeSeconds * 1000)}`}
    </Reading>
  );
}

/** The total in the unit of the used part where that reads well: `7.7 GiB of 16`. */
function ofTotal(total: number, used: number): string {
  const inSameUnit = bytesInUnitOf(total, used);
  return Number(inSameUnit) < 1000 ? inSameUnit : bytes(total);
}

interface ReadingProps {
  readonly name: string;
  readonly value: string;
  /** In per cent of what there is. */
  readonly part: number | null;
  /** The right end of the scale. */
  readonly end?: string;
  readonly children?: ReactNode;
}

function Reading({ name, value, part, end = '100 %', children }: ReadingProps) {
  return (
    <figure className="chart">
      <figcaption className="k">
        <span className="clip">{name}</span>
      </figcaption>
      <p className="read">
        {value} <small>{children}</small>
      </p>
      <Meter value={part} />
      <p className="scale" aria-hidden="true">
        <span>0</span>
        <span>{end}</span>
      </p>
    </figure>
  );
}
