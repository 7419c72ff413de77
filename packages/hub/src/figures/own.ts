import { readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { EngineInfo } from '../store/engine-info.ts';
import { counter, type Family, gauge } from './exposition.ts';

/** What the parts of the hub say of themselves at this moment. */
export interface OwnFigures {
  readonly version: string;
  readonly startedAt: string;
  readonly eventHead: number;
  readonly openStreams: number;
  readonly agents: { readonly connected: number; readonly admitted: number };
  /** `null` where the hub speaks plain HTTP alone. */
  readonly certificateEndsAt: Date | null;
}

/** The hub itself: its process, its store and its doors. */
export const ownFamilies = (own: OwnFigures, store: EngineInfo): Family[] => [
  ...processFamilies(own.startedAt),
  {
    ...{ name: 'homelabcmd_hub_info', type: 'gauge', help: 'What runs here.' },
    samples: [
      {
        labels: {
          version: own.version,
          node_version: process.versions.node,
          engine: store.engine,
          engine_version: store.engine_version,
        },
        value: 1,
      },
    ],
  },
  gauge('homelabcmd_store_size_bytes', 'Room that the store takes.', store.size_bytes),
  gauge('homelabcmd_event_log_head', 'Number of the newest committed event.', own.eventHead),
  gauge('homelabcmd_streams_open', 'Live streams that are open.', own.openStreams),
  gauge('homelabcmd_agents_connected', 'Agents that are connected.', own.agents.connected),
  counter(
    'homelabcmd_agent_connections_total',
    'Connections of agents that were let in since the hub started.',
    own.agents.admitted,
  ),
  gauge(
    'homelabcmd_tls_certificate_end_timestamp_seconds',
    'When the certificate ends that browsers and agents are shown.',
    own.certificateEndsAt === null ? null : own.certificateEndsAt.getTime() / 1000,
  ),
];

/** By the names that every exporter gives to these. */
function processFamilies(startedAt: string): Family[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  const { active } = performance.eventLoopUtilization();
  return [
    counter('process_cpu_seconds_total', 'Processor time that the hub has used.', (user + system) / 1e6),
    gauge('process_resident_memory_bytes', 'Memory of the hub.', rss),
    gauge('process_start_time_seconds', 'When the hub started.', Date.parse(startedAt) / 1000),
    gauge('process_open_fds', 'Files and sockets that the hub has open.', openFiles()),
    gauge('nodejs_heap_size_used_bytes', 'Heap in use.', heapUsed),
    gauge('nodejs_heap_size_total_bytes', 'Heap that is there.', heapTotal),
    counter(
      'nodejs_eventloop_active_seconds_total',
      'Time in which the event loop was at work. Near 1 s a second, others wait.',
      active / 1000,
    ),
  ];
}

function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // A machine without it tells nothing here.
    return null;
  }
}
