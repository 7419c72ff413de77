import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** An Ed25519 key with which one side proves that it is itself. The private half never leaves the object but for its file. */
export interface KeyPair {
  /** 32 bytes in base64url: the name of whoever holds it. */
  readonly publicKey: string;
  sign(bytes: Buffer): string;
  /** For the file that it is kept in: PEM, as every tool knows it. */
  toPem(): string;
}

export const newKeyPair = (): KeyPair => keyPairOf(generateKeyPairSync('ed25519').privateKey);

/** @throws when the text is no private key of this kind */
export function keyPairFromPem(pem: string): KeyPair {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('This is not an Ed25519 key');
  return keyPairOf(key);
}

/** What comes before the 32 bytes of a private key in PKCS #8 (RFC 8410). */
const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key whose private half is these 32 bytes. */
export const keyPairFromSeed = (seed: Buffer): KeyPair =>
  keyPairOf(createPrivateKey({ key: Buffer.concat([SEED_PREFIX, seed]), format: 'der', type: 'pkcs8' }));

function keyPairOf(privateKey: KeyObject): KeyPair {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new Error('This key has no public half');
  return {
    publicKey: x,
    sign: (bytes) => sign(null, bytes, privateKey).toString('base64url'),
    toPem: () => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** Whether the holder of this public key has signed these bytes. Whatever is no key or no signature has not. */
export function isSignedBy(publicKey: string, bytes: Buffer, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, bytes, key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

const FINGERPRINT_BYTES = 16;

/** 128 bits of a public key's digest, in 22 characters: nobody can make another key that has them. */
export const fingerprintOf = (publicKey: string): string =>
  createHash('sha256')
    .update(Buffer.from(publicKey, 'base64url'))
    .digest()
    .subarray(0, FINGERPRINT_BYTES)
    .toString('base64url');
