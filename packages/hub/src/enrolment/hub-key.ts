import { hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type KeyPair,
  keyPairFromPem,
  newKeyPair,
  succeededBy,
  type Succession,
} from '@homelabcmd/protocol/link';
import { replaceFile, textIfThere } from '../lib/durable-file.ts';

/** The hub's key, in the data folder and never in the store: it is in no copy of the store. */
export const HUB_KEY_FILE = 'hub-key';

/** By what agents know this hub. */
export interface HubIdentity {
  readonly key: KeyPair;
  /** The public keys that it had before, each with its signature for the next. */
  readonly succession: Succession;
}

/** What the file holds: everything that only this hub has, so that one file is kept, and one rename changes it as a whole. */
export interface HubKey extends HubIdentity {
  /** With these what people sign in with is shut in, the newest first; they stay when the key changes. */
  readonly vaultKeys: readonly Buffer[];
}

/**
 * The key with which this hub proves to agents that it is theirs. Made at the first start, and on disk before anybody hears of
 * it: agents answer no hub with another.
 * @throws when there is one that cannot be read: another in its place would lock every agent out
 */
export function openHubKey(dataDir: string): HubKey {
  const known = readHubKey(dataDir);
  if (known !== null) return known;
  const key = newKeyPair();
  replaceFile(join(dataDir, HUB_KEY_FILE), key.toPem(), true);
  return { key, succession: [], vaultKeys: [vaultKeyOf(key)] };
}

/** What is in the file; `null` when it is not there yet. @throws when it cannot be read */
export function readHubKey(dataDir: string): HubKey | null {
  const path = join(dataDir, HUB_KEY_FILE);
  const text = textIfThere(path);
  if (text === null) return null;
  try {
    return parsed(text);
  } catch {
    throw new Error(
      `${path} holds no key that can be read. Put back the hub-key that was there, or move it away: then a new one is made, and every agent has to be enrolled anew.`,
    );
  }
}

/**
 * Gives the hub another key; the private half of the one before is gone with that. It is there as a whole, with what the old key has
 * signed of it, or not at all, wherever this is cut short.
 * @param isStolen somebody else may have the old one: it signs nothing, and what people sign in with is shut in with another from now on
 */
export function changeHubKey(
  dataDir: string,
  { key, succession, vaultKeys }: HubKey,
  isStolen: boolean,
): HubKey {
  const next = newKeyPair();
  const changed: HubKey = {
    key: next,
    succession: isStolen ? [] : succeededBy(key, succession, next.publicKey),
    vaultKeys: isStolen ? [randomBytes(VAULT_KEY_BYTES), ...vaultKeys] : vaultKeys,
  };
  replaceFile(join(dataDir, HUB_KEY_FILE), textOf(changed), true);
  return changed;
}

const VAULT_KEY_BYTES = 32;

/** A hub that has its first key has the vault's from that; nothing of the first key can be told from it. */
const vaultKeyOf = (first: KeyPair): Buffer =>
  Buffer.from(hkdfSync('sha256', first.toPem(), '', 'homelabcmd: what people sign in with', VAULT_KEY_BYTES));

const textOf = ({ key, succession, vaultKeys }: HubKey): string =>
  [
    key.toPem().trim(),
    ...vaultKeys.map((vaultKey) => `vault ${vaultKey.toString('base64url')}`),
    ...succession.map(({ public_key, signature }) => `before ${public_key} ${signature}`),
    '',
  ].join('\n');

const END_OF_PEM = '-----END PRIVATE KEY-----';

/** @throws when it is not as `textOf` writes it, nor a key alone */
function parsed(text: string): HubKey {
  const end = text.indexOf(END_OF_PEM) + END_OF_PEM.length;
  const key = keyPairFromPem(text.slice(0, end));
  const vaultKeys: Buffer[] = [];
  const succession: Succession[number][] = [];
  for (const line of text.slice(end).split('\n').filter(Boolean)) {
    const [word, value = '', signature = ''] = line.split(' ');
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.length !== VAULT_KEY_BYTES) throw new Error('This is no line of a hub-key');
    if (word === 'vault') vaultKeys.push(bytes);
    else if (word === 'before') succession.push({ public_key: value, signature });
    else throw new Error('This is no line of a hub-key');
  }
  return { key, succession, vaultKeys: vaultKeys.length > 0 ? vaultKeys : [vaultKeyOf(key)] };
}
