import type { Server, ServerMetrics } from '@homelabcmd/protocol';
import type { Look } from '../../ui/glyphs/glyph.tsx';

const ONLINE: Look = { shape: 'disc', tone: 'ok', word: 'Online' };
const LIVENESS: Record<Server['liveness'], Look> = {
  online: ONLINE,
  stale: { shape: 'ringDashed', tone: 'warn', word: 'Silent' },
  offline: { shape: 'ringSlash', tone: 'bad', word: 'Offline' },
  never_seen: { shape: 'ringDashed', tone: 'mute', word: 'Never seen' },
};
const MAINTENANCE: Look = { shape: 'bars', tone: 'acc', word: 'Maintenance' };

export const serverLook = (server: Server): Look =>
  server.maintenance.on ? MAINTENANCE : LIVENESS[server.liveness];

export const serverName = (server: Pick<Server, 'server_id' | 'display_name'>): string =>
  server.display_name ?? server.server_id;

/** When it was last heard of: the hub writes it down now and then, a reading says it more exactly. */
export function lastSeenAt(server: Server, reading: ServerMetrics | undefined): string | null {
  if (reading === undefined) return server.last_seen_at;
  return server.last_seen_at === null || server.last_seen_at < reading.at ? reading.at : server.last_seen_at;
}

/** What may be drawn as current: of a server that is not online, nothing. */
export const currentSample = (server: Server, reading: ServerMetrics | undefined) =>
  server.liveness === 'online' ? (reading?.sample ?? null) : null;

/** The disk that is fullest. */
export function fullestDisk(sample: ServerMetrics['sample'] | null) {
  const disks = sample?.disks.filter((disk) => disk.total_bytes > 0) ?? [];
  return disks.toSorted((a, b) => b.used_bytes / b.total_bytes - a.used_bytes / a.total_bytes)[0] ?? null;
}
