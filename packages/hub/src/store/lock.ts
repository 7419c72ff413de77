import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a data folder for one hub: two hubs on one store would each believe that they know the newest event.
 * The lock is the operating system's, on a file of its own, so that a hub that was killed leaves none behind.
 * @throws when another hub holds the folder
 */
export function lockDataDir(dataDir: string): Disposable {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDir, 'hub.lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Error(
      `Another hub is running on the data folder ${dataDir}. Stop it first, or set HOMELABCMD_DATA_DIR.`,
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
