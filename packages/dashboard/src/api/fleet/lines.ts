import { type RecentMetrics, type ServerMetrics, api } from '@homelabcmd/protocol';
import { type QueryClient, queryOptions, skipToken, useQuery } from '@tanstack/react-query';
import { fullness } from '../../lib/units.ts';
import { call } from '../call.ts';
import { fullestDisk } from '../vocabulary/server.ts';

type Points = readonly (number | null)[];

/** The last hour of one server: a point a step, oldest first, in per cent; `null` where there was no reading. */
export interface Line {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly cpu: Points;
  readonly memory: Points;
  readonly disk: Points;
  /** How many readings are in the last point, as far as this page knows. */
  readonly readings: number;
}

const lineKey = (serverId: string) => ['line', serverId];

function linesOf(recent: RecentMetrics): readonly (readonly [string, Line])[] {
  const fromMs = Date.parse(recent.from);
  return recent.servers.map(({ server_id, cpu_percent, memory_percent, disk_percent }) => [
    server_id,
    {
      fromMs,
      stepMs: recent.step_ms,
      cpu: cpu_percent,
      memory: memory_percent,
      disk: disk_percent,
      readings: 1,
    },
  ]);
}

/** The lines of all servers, read whenever a page that draws them opens; each server's is kept by itself. */
const linesQuery = queryOptions({
  queryKey: ['lines'],
  queryFn: async ({ client, signal }): Promise<number> => {
    const lines = linesOf(await call(api.recentMetrics, { signal }));
    for (const [serverId, line] of lines) client.setQueryData(lineKey(serverId), line);
    return lines.length;
  },
});

export const useReadLines = () => useQuery(linesQuery);

/** The last hour of a server, or `undefined` while it has not been read. */
export function useLine(serverId: string): Line | undefined {
  return useQuery<Line>({
    queryKey: lineKey(serverId),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  }).data;
}

/** The line with a reading in it: the last point is the mean of its minute so far, and a new minute is a new point. */
export function withReading(line: Line, { at, sample }: Pick<ServerMetrics, 'at' | 'sample'>): Line {
  const length = line.cpu.length;
  const step = Math.floor((Date.parse(at) - line.fromMs) / line.stepMs);
  if (length === 0 || step < length - 1) return line;
  const by = step - (length - 1);
  const disk = fullestDisk(sample);
  const put = (points: Points, value: number | null) =>
    by === 0 ? meanInto(points, value, line.readings) : shifted(points, by, value);
  return {
    fromMs: line.fromMs + by * line.stepMs,
    stepMs: line.stepMs,
    cpu: put(line.cpu, sample.cpu_percent),
    memory: put(line.memory, fullness(sample.memory_used_bytes, sample.memory_total_bytes)),
    disk: put(line.disk, disk === null ? null : fullness(disk.used_bytes, disk.total_bytes)),
    readings: by === 0 ? line.readings + 1 : 1,
  };
}

function meanInto(points: Points, value: number | null, readings: number): Points {
  const last = points.at(-1) ?? null;
  if (value === null) return points;
  return points.with(-1, last === null ? value : (last * readings + value) / (readings + 1));
}

/** Minutes in between, of which nothing came, are gaps. */
function shifted(points: Points, by: number, value: number | null): Points {
  const gaps = Array<null>(Math.min(by, points.length) - 1).fill(null);
  return [...points.slice(by), ...gaps, value];
}

/** A reading has come: the line of its server goes on, if there is one. */
export function extendLine(client: QueryClient, metrics: ServerMetrics): void {
  const line = client.getQueryData<Line>(lineKey(metrics.server_id));
  if (line !== undefined) client.setQueryData(lineKey(metrics.server_id), withReading(line, metrics));
}
