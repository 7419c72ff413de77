import type { LoadedConfig } from '../config.ts';
import { factsOfStore, type StorePlace } from '../store/hub-store.ts';
import type { StoreFacts } from '../store/inspect.ts';
import { placeOf } from '../store/postgres/connect.ts';

/** The store that a command is about. @throws when there is none: a command that keeps a store never makes one */
export async function existingStore({ config }: LoadedConfig): Promise<StoreFacts> {
  const facts = await factsOfStore(config);
  if (facts !== null) return facts;
  throw new Error(
    config.databaseUrl === null
      ? `There is no store in the data folder ${config.dataDir}. Name the right folder with --data-dir, or the hub's settings file with --config.`
      : `There is no store in the database ${placeOf(config.databaseUrl)}. Set HOMELABCMD_DATABASE_URL to the hub's own, or name its settings file with --config.`,
  );
}

/** The same, of a store that is up to date. @throws when it is one of an older version */
export async function currentStore(loaded: LoadedConfig): Promise<StoreFacts> {
  const facts = await existingStore(loaded);
  if (facts.pending.length > 0)
    throw new Error('The store is of an older version. Start the hub once, or run homelabcmd migrate run.');
  return facts;
}

/** @throws when the store is not a file: that is copied with PostgreSQL's own tools */
export function refuseDatabase({ databaseUrl }: StorePlace, instead: string): void {
  if (databaseUrl !== null)
    throw new Error(`The store is in the database ${placeOf(databaseUrl)}, and not a file. ${instead}`);
}
