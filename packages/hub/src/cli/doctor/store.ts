import { DatabaseSync } from 'node:sqlite';
import { verifyChain } from '../../audit/verify.ts';
import { findDamage } from '../../store/inspect.ts';
import { refuseUnusable } from '../../store/open.ts';
import { openForReading } from '../read-store.ts';
import { type Finding, type Patient, fail, ok, warn } from './check.ts';

const NAME = 'Store';

/** Is it ours, whole, and of this version? Reads all of it. */
export function storeHealth({ store, storeFile }: Patient): Finding {
  if (store.kind === 'absent')
    return warn(
      NAME,
      `there is none at ${storeFile}`,
      'The first start of the hub makes it. Is the data folder the right one?',
    );
  if (store.kind === 'not_a_store')
    return fail(
      NAME,
      `${storeFile} is not a store: ${store.why}`,
      'Move it away, or restore a copy: homelabcmd restore FILE',
    );
  if (store.facts.unknown.length > 0)
    return fail(NAME, reasonOf(storeFile), 'Do one of the two: this version cannot use it.');
  using database = new DatabaseSync(storeFile, { readOnly: true, timeout: 5000 });
  const [damage] = findDamage(database);
  if (damage !== undefined)
    return fail(
      NAME,
      `it is damaged: ${damage}`,
      'Stop the hub and restore the newest good copy: homelabcmd restore FILE',
    );
  const { applied, pending, newestEvent } = store.facts;
  const detail = `whole, schema ${applied.at(-1)}, ${newestEvent} events so far`;
  return pending.length > 0
    ? warn(
        NAME,
        `${detail}; ${pending.length} changes of the schema are due`,
        'The next start makes them; homelabcmd migrate shows them.',
      )
    : ok(NAME, detail);
}

function reasonOf(file: string): string {
  try {
    refuseUnusable(file);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Is the record of who did what as it was written? Walks the whole chain, a second for some hundred thousand entries. */
export async function auditChain({ store, storeFile }: Patient): Promise<Finding> {
  const name = 'Audit';
  if (store.kind !== 'store' || store.facts.unknown.length > 0) return ok(name, 'no store to read it from');
  if (store.facts.pending.length > 0)
    return ok(name, 'its chain is made or checked when the store is up to date');
  await using reading = openForReading(storeFile);
  const { entries, faults, faultCount } = await verifyChain(reading.db);
  const [first] = faults;
  if (first === undefined) return ok(name, `the chain is whole, ${entries} entries`);
  const more = faultCount > 1 ? ` (and ${faultCount - 1} more)` : '';
  return fail(
    name,
    first.sentence + more,
    'homelabcmd audit verify says all; compare with a copy of before.',
  );
}

/** How far the event log goes back, and how far it may. */
export function eventLog({ store, storeFile, loaded }: Patient): Finding {
  const days = loaded.config.eventRetentionDays;
  const kept = `events are kept for ${days} days`;
  if (store.kind !== 'store') return ok('Event log', kept);
  using database = new DatabaseSync(storeFile, { readOnly: true, timeout: 5000 });
  const row = database.prepare('SELECT count(*) AS total, min(at) AS oldest FROM events').get();
  const oldest = row?.['oldest'];
  const since = typeof oldest === 'string' ? `, the oldest of ${oldest}` : '';
  return ok('Event log', `${kept} (HOMELABCMD_EVENT_RETENTION_DAYS); ${Number(row?.['total'])} now${since}`);
}

/** Deadlines and the order of what happened rest on the clock. */
export function clock({ store }: Patient): Finding {
  const now = new Date().toISOString();
  const newest = store.kind === 'store' ? store.facts.newestEventAt : null;
  return newest !== null && newest > now
    ? fail(
        'Clock',
        `it says ${now}, but the newest event is of ${newest}`,
        'Set the clock (timedatectl), then restart the hub.',
      )
    : ok('Clock', now);
}
