/** Older servers lack the collation that the columns have. */
const OLDEST = 170_000;

/** Commits answered by any of these are on the disk of the server when we hear of them. */
const SAFE_COMMITS: ReadonlySet<string> = new Set(['on', 'remote_write', 'remote_apply']);

/** Selects, as one row, all that the product's promises rest on. */
export const SELECT_SETTINGS = `SELECT current_setting('server_version_num')::int AS version,
  current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
  pg_is_in_recovery() AS is_standby`;

export interface ServerSettings {
  readonly version: number;
  readonly encoding: string;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly is_standby: boolean;
}

/** What is wrong with this server, in sentences that say what to do; empty when a store is safe there. */
export function findUnfit(settings: ServerSettings): string[] {
  const { version, encoding, fsync, full_page_writes, is_standby } = settings;
  return [
    ...(version < OLDEST ? [`PostgreSQL ${Math.floor(version / 10_000)} is too old: use 17 or newer.`] : []),
    ...(encoding === 'UTF8' ? [] : [`The database is in ${encoding}: make one with ENCODING 'UTF8'.`]),
    ...(fsync === 'on' ? [] : ['fsync is off: what is acknowledged could be lost. Set it on.']),
    ...(full_page_writes === 'on'
      ? []
      : ['full_page_writes is off: a power cut could damage the store. Set it on.']),
    ...(isSafeCommit(settings.synchronous_commit) ? [] : [unsafeCommit(settings.synchronous_commit)]),
    ...(is_standby ? ['It is a standby: name the primary.'] : []),
  ];
}

export const isSafeCommit = (synchronousCommit: string): boolean => SAFE_COMMITS.has(synchronousCommit);

export const unsafeCommit = (synchronousCommit: string): string =>
  `synchronous_commit is ${synchronousCommit}: what is acknowledged could be lost. Set it on.`;
