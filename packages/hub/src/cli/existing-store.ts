import { join } from 'node:path';
import type { LoadedConfig } from '../config.ts';
import type { StoreFacts } from '../store/inspect.ts';
import { refuseUnusable, STORE_FILE } from '../store/open.ts';

/** The store that a command is about. @throws when there is none: a command that keeps a store never makes one */
export function existingStore({ config }: LoadedConfig): { file: string; facts: StoreFacts } {
  const file = join(config.dataDir, STORE_FILE);
  const facts = refuseUnusable(file);
  if (facts !== null) return { file, facts };
  throw new Error(
    `There is no store in the data folder ${config.dataDir}. Name the right folder with --data-dir, or the hub's settings file with --config.`,
  );
}
