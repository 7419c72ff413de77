import { DatabaseSync } from 'node:sqlite';
import { verifyChain } from '../../audit/verify.ts';
import type { LoadedConfig } from '../../config.ts';
import { openForReading } from '../../store/hub-store.ts';
import { findDamage } from '../../store/inspect.ts';
import { refuseUnusable } from '../../store/open.ts';
import type { Store } from '../../store/schema.ts';
import { type Finding, type Patient, fail, ok, warn } from './check.ts';
import { databaseHealth } from './database.ts';
import { schemaHealth } from './schema.ts';

const NAME = 'Store';

/** Is it ours, whole, and of this version? Reads all of it. */
export async function storeHealth(patient: Patient): Promise<Finding> {
  const { databaseUrl } = patient.loaded.config;
  return databaseUrl === null ? fileHealth(patient) : databaseHealth(patient, databaseUrl);
}

function fileHealth({ store, storeFile }: Patient): Finding {
  if (store.kind === 'unreachable') return fail(NAME, store.why, 'Look at the disk.');
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
  return schemaHealth('whole', store.facts);
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
export async function auditChain({ store, loaded }: Patient): Promise<Finding> {
  const name = 'Audit';
  if (store.kind !== 'store' || store.facts.unknown.length > 0) return ok(name, 'no store to read it from');
  if (store.facts.pending.length > 0)
    return ok(name, 'its chain is made or checked when the store is up to date');
  const { entries, faults, faultCount } = await reading(loaded, verifyChain);
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
export async function eventLog({ store, loaded }: Patient): Promise<Finding> {
  const days = loaded.config.eventRetentionDays;
  const kept = `events are kept for ${days} days`;
  if (store.kind !== 'store') return ok('Event log', kept);
  const { total, oldest } = await reading(loaded, (db) =>
    db
      .selectFrom('events')
      .select((eb) => [eb.fn.countAll().as('total'), eb.fn.min('at').as('oldest')])
      .executeTakeFirstOrThrow(),
  );
  const since = typeof oldest === 'string' ? `, the oldest of ${oldest}` : '';
  return ok('Event log', `${kept} (HOMELABCMD_EVENT_RETENTION_DAYS); ${Number(total)} now${since}`);
}

/** Reads something of the store beside a hub that may be running. */
export async function reading<T>({ config }: LoadedConfig, read: (db: Store) => Promise<T>): Promise<T> {
  const db = openForReading(config);
  try {
    return await read(db);
  } finally {
    await db.destroy();
  }
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
