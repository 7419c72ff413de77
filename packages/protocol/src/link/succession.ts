import { MAX_SUCCESSION, type SuccessionLink } from '../agent/frames.ts';
import { isSignedBy, type KeyPair } from './keys.ts';
import { lengthPrefixed } from './session.ts';

/**
 * The keys that a hub had before the one that it has, the oldest first. Each has signed the next:
 *
 *   K1 ──signed by K1──► K2 ──signed by K2──► K3, which the hub has now      succession = [K1, K2]
 *
 * An agent that knows any of them follows from there. No connection is in what is signed: the keys before are gone by then.
 */
export type Succession = readonly SuccessionLink[];

const bytesOf = (before: string, after: string): Buffer =>
  lengthPrefixed(['homelabcmd hub succession', before, after]);

/** The succession of the hub once `next` has come in the place of `key`; the oldest of too many is left out. */
export const succeededBy = (key: KeyPair, succession: Succession, next: string): Succession =>
  [...succession, { public_key: key.publicKey, signature: key.sign(bytesOf(key.publicKey, next)) }].slice(
    -MAX_SUCCESSION,
  );

/** The keys in whose place `hubKey` has come, by signatures that hold without a gap, the newest first. */
export function keysBefore(hubKey: string, succession: Succession): readonly string[] {
  const found: string[] = [];
  let after = hubKey;
  for (const { public_key, signature } of succession.toReversed()) {
    if (!isSignedBy(public_key, bytesOf(public_key, after), signature)) break;
    found.push(public_key);
    after = public_key;
  }
  return found;
}
