import type { Server, Service } from '@homelabcmd/protocol';
import type { Need } from '../needs-you.ts';

/** The states by which servers can be picked out, in the order in which they are looked for. */
export const SHOWS = ['needs', 'offline', 'silent', 'maintenance', 'never-seen'] as const;
export type Show = (typeof SHOWS)[number];

/** What the address says of which servers are wanted. */
export interface FleetSearch {
  readonly q?: string | undefined;
  readonly show?: Show | undefined;
  readonly tag?: string | undefined;
}

const Q_LENGTH = 100;
const TAG = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** What of an address can be understood; the rest is dropped. */
export function readFleetSearch(search: Record<string, unknown>): FleetSearch {
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, Q_LENGTH) : '';
  const q = text(search.q);
  const tag = text(search.tag);
  return {
    q: q.trim() === '' ? undefined : q,
    show: SHOWS.find((show) => show === search.show),
    tag: TAG.test(tag) ? tag : undefined,
  };
}

export const isSearching = ({ q, show, tag }: FleetSearch): boolean =>
  q !== undefined || show !== undefined || tag !== undefined;

/** The servers of the things that need someone. */
export function serversInNeed(needs: readonly Need[]): ReadonlySet<string> {
  return new Set(
    needs.map((need) => {
      switch (need.kind) {
        case 'service':
          return need.service.server_id;
        case 'action':
          return need.action.server_id;
        case 'server':
          return need.server.server_id;
        case 'alert':
          return need.alert.server_id ?? '';
      }
    }),
  );
}

export function isShown(server: Server, show: Show, inNeed: ReadonlySet<string>): boolean {
  switch (show) {
    case 'needs':
      return inNeed.has(server.server_id);
    case 'offline':
      return server.liveness === 'offline';
    case 'silent':
      return server.liveness === 'stale';
    case 'maintenance':
      return server.maintenance.on;
    case 'never-seen':
      return server.liveness === 'never_seen';
  }
}

/** Whether every word is in the server's name, its tags or the services that should run on it. */
export function isFound(server: Server, expected: readonly Service[], q: string): boolean {
  const said = [
    server.server_id,
    server.display_name ?? '',
    ...server.tags.map((tag) => `#${tag}`),
    ...expected.flatMap((service) => [service.service_name, service.display_name ?? '']),
  ]
    .join('\n')
    .toLowerCase();
  const words = q.toLowerCase().split(/\s+/);
  return words.every((word) => said.includes(word));
}
