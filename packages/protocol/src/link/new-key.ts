import type { NewKeyFrame } from '../agent/frames.ts';
import { FRAME_VERSION } from '../agent/versions.ts';
import { isSignedBy, type KeyPair } from './keys.ts';
import { type LinkSession, signedBytes } from './session.ts';

/**
 * By which an agent tells its new key. What an agent says after its greeting is not signed, but this is: whoever could
 * change it on the way would be the agent from then on.
 */
export function newKeyFrame(
  session: LinkSession,
  serverId: string,
  key: KeyPair,
  next: KeyPair,
): NewKeyFrame {
  const bytes = bytesOf(session, serverId, next.publicKey);
  const [signature, own_signature] = [key.sign(bytes), next.sign(bytes)];
  return { v: FRAME_VERSION, type: 'new_key', public_key: next.publicKey, signature, own_signature };
}

/** A new key that somebody on a connection holds. */
export interface NewKey {
  readonly publicKey: string;
  /** Whether the holder of this key, the one by which the agent is known, wants it. */
  isWantedBy(key: string): boolean;
}

/** What the frame says, on the connection where it came; `null` when whoever said it has not proved to hold the new key. */
export function newKeyIn(session: LinkSession, serverId: string, frame: NewKeyFrame): NewKey | null {
  const { public_key: publicKey, signature, own_signature } = frame;
  const bytes = bytesOf(session, serverId, publicKey);
  if (!isSignedBy(publicKey, bytes, own_signature)) return null;
  return { publicKey, isWantedBy: (key) => isSignedBy(key, bytes, signature) };
}

const bytesOf = (session: LinkSession, serverId: string, publicKey: string): Buffer =>
  signedBytes('new key', session, [serverId, publicKey]);
