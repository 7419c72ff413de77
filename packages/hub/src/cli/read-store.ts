import type { LoadedConfig } from '../config.ts';
import { openForReading } from '../store/hub-store.ts';
import type { Store } from '../store/schema.ts';
import { currentStore } from './existing-store.ts';

export interface ReadStore extends AsyncDisposable {
  readonly db: Store;
}

/** The store for reading alone, also while a hub writes to it. @throws when there is none, or one of an older version */
export async function readStore(loaded: LoadedConfig): Promise<ReadStore> {
  await currentStore(loaded);
  const db = openForReading(loaded.config);
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}
