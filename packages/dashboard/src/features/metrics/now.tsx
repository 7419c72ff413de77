import type { MetricSample, Server } from '@homelabcmd/protocol';
import type { ReactNode } from 'react';
import { useReading } from '../../api/servers.ts';
import { currentSample, fullestDisk } from '../../api/vocabulary/server.ts';
import { span } from '../../lib/time-words.ts';
import { NO_READING, bytes, bytesInUnitOf, fullness, percent } from '../../lib/units.ts';

interface NowProps {
  readonly sample: MetricSample | null;
  readonly cores: number | null;
}

/** The newest reading of a server for each chart, as it is now: nothing of what was. */
const NOW: Readonly<Record<string, (props: NowProps) => ReactNode>> = {
  cpu: ({ sample, cores }) => (
    <Value of={percent(sample?.cpu_percent ?? null)}>
      {cores !== null && sample !== null && `of ${cores} ${cores === 1 ? 'core' : 'cores'}`}
    </Value>
  ),
  memory: Memory,
  disks: Disk,
  network: Network,
  load: Load,
  'disk-io': DiskIo,
  temperature: Temperature,
};

/** Whether there is a reading for a chart now, though its history has none yet. */
export function hasNow(id: string, sample: MetricSample | null): boolean {
  if (id === 'network') return (sample?.network.length ?? 0) > 0;
  if (id === 'disk-io') return (sample?.disk_io.length ?? 0) > 0;
  return id !== 'temperature' || (sample?.temperatures.length ?? 0) > 0;
}

export const useSample = (server: Server): MetricSample | null =>
  currentSample(server, useReading(server.server_id));

export function Now({ id, server }: { id: string; server: Server }) {
  const sample = useSample(server);
  return NOW[id]?.({ sample, cores: server.facts?.cpu_count ?? null }) ?? null;
}

function Memory({ sample }: NowProps) {
  const used = sample?.memory_used_bytes ?? null;
  const total = sample?.memory_total_bytes ?? null;
  const swap = fullness(sample?.swap_used_bytes ?? null, sample?.swap_total_bytes ?? null);
  return (
    <Value of={bytes(used)}>
      {used !== null && total !== null && `of ${ofTotal(total, used)} · ${percent(fullness(used, total))}`}
      {swap !== null && ` · swap ${percent(swap)}`}
    </Value>
  );
}

function Disk({ sample }: NowProps) {
  const disk = fullestDisk(sample);
  if (disk === null) return <Value of={NO_READING} />;
  const { used_bytes: used, total_bytes: total, mount } = disk;
  return (
    <Value of={percent(fullness(used, total))}>
      {mount} · {bytes(used)} of {ofTotal(total, used)}
    </Value>
  );
}

function Network({ sample }: NowProps) {
  const network = sample?.network ?? [];
  const sum = (of: (one: (typeof network)[number]) => number) =>
    network.length === 0 ? null : network.reduce((all, one) => all + of(one), 0);
  return (
    <Rates
      first={sum((one) => one.received_bytes_per_second)}
      second={sum((one) => one.sent_bytes_per_second)}
      words={['in', 'out']}
    />
  );
}

function DiskIo({ sample }: NowProps) {
  const disks = sample?.disk_io ?? [];
  const sum = (of: (one: (typeof disks)[number]) => number) =>
    disks.length === 0 ? null : disks.reduce((all, one) => all + of(one), 0);
  return (
    <Rates
      first={sum((one) => one.read_bytes_per_second)}
      second={sum((one) => one.written_bytes_per_second)}
      words={['read', 'written']}
    />
  );
}

interface RatesProps {
  readonly first: number | null;
  readonly second: number | null;
  readonly words: readonly [string, string];
}

function Rates({ first, second, words }: RatesProps) {
  if (first === null || second === null) return <Value of={NO_READING} />;
  return (
    <Value of={`${bytes(first)}/s`}>
      {words[0]} · {bytes(second)}/s {words[1]}
    </Value>
  );
}

/** The load of one minute, and how long the server is up. */
function Load({ sample, cores }: NowProps) {
  const load = sample?.load_1m ?? null;
  const uptimeSeconds = sample?.uptime_seconds ?? null;
  return (
    <Value of={load === null ? NO_READING : load.toFixed(2)}>
      {load !== null && cores !== null && `on ${cores} ${cores === 1 ? 'core' : 'cores'}`}
      {uptimeSeconds !== null && ` · up ${span(uptimeSeconds * 1000)}`}
    </Value>
  );
}

function Temperature({ sample }: NowProps) {
  const [hottest] = (sample?.temperatures ?? []).toSorted((a, b) => b.celsius - a.celsius);
  if (hottest === undefined) return <Value of={NO_READING} />;
  return <Value of={`${Math.round(hottest.celsius)} °C`}>{hottest.sensor}</Value>;
}

/** The total in the unit of the used part where that reads well: `7.7 GiB of 16`. */
function ofTotal(total: number, used: number): string {
  const inSameUnit = bytesInUnitOf(total, used);
  return Number(inSameUnit) < 1000 ? inSameUnit : bytes(total);
}

function Value({ of, children }: { of: string; children?: ReactNode }) {
  return (
    <p className="read">
      {of} <small>{children}</small>
    </p>
  );
}
