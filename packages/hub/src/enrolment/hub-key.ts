import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyPair, keyPairFromPem, newKeyPair } from '@homelabcmd/protocol/link';
import { replaceFile } from '../lib/durable-file.ts';

/** The hub's key, in the data folder and never in the store: it is in no copy of the store. */
export const HUB_KEY_FILE = 'hub-key';

/**
 * The key with which this hub proves to agents that it is theirs. Made at the first start, and on disk before anybody hears of
 * it: agents answer no hub with another.
 * @throws when there is one that cannot be read: another in its place would lock every agent out
 */
export function openHubKey(dataDir: string): KeyPair {
  const path = join(dataDir, HUB_KEY_FILE);
  const text = readIfThere(path);
  if (text === null) {
    const key = newKeyPair();
    replaceFile(path, key.toPem(), true);
    return key;
  }
  try {
    return keyPairFromPem(text);
  } catch {
    throw new Error(
      `${path} holds no key that can be read. Put back the hub-key that was there, or move it away: then a new one is made, and every agent has to be enrolled anew.`,
    );
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
