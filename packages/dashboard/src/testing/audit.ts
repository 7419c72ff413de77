import { AS_OF_HEADER, type AuditEntry, type Verification } from '@homelabcmd/protocol';
import { HttpResponse, http } from 'msw';
import { hub } from './hub.ts';
import { AT } from './things.ts';

export const anEntry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  entry: 1,
  at: AT,
  actor: 'kim',
  verb: 'action.approved',
  server_id: 'media-01',
  action_id: 42,
  from_address: '10.0.0.7',
  detail: { verb: 'restart', service_name: 'plex' },
  detail_text: null,
  intact: true,
  prev_hash: 'ab'.repeat(32),
  hash: 'cd'.repeat(32),
  ...over,
});

export const aCheck = (over: Partial<NonNullable<Verification['last']>> = {}): Verification => ({
  running: null,
  failed: null,
  last: {
    checked_at: new Date().toISOString(),
    took_ms: 12,
    entries: 12_345,
    head: { entry: 12_345, hash: 'cd'.repeat(32) },
    holds: true,
    fault_count: 0,
    faults: [],
    witnesses: [],
    ...over,
  },
});

export const NEVER_CHECKED: Verification = { running: null, last: null, failed: null };

/**
 * A hub with these entries, newest first, that pages and narrows by number as the hub does. What is put into the list
 * later is there when it is asked again.
 * @returns the queries with which it was asked
 */
export function keeping(entries: readonly AuditEntry[], verification = NEVER_CHECKED): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  const headers = { [AS_OF_HEADER]: '100' };
  hub.use(
    http.get('*/api/v1/audit', ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const limit = Number(query.get('limit'));
      const before = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY);
      const after = Number(query.get('after') ?? 0);
      const found = entries.filter(({ entry }) => entry < before && entry > after);
      const shown = found.slice(0, limit);
      const next_cursor = found.length > limit ? (shown.at(-1)?.entry ?? null) : null;
      return HttpResponse.json({ entries: shown, next_cursor }, { headers });
    }),
    http.get('*/api/v1/audit/verification', () => HttpResponse.json(verification)),
  );
  return asked;
}
