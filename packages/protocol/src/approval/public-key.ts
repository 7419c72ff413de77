import { createPublicKey, type KeyObject } from 'node:crypto';

/** The kinds of keys that passkeys have, by the word before the colon. */
const KINDS = {
  es256: {
    digest: 'sha256',
    jwkOf: (bytes: Buffer) => ({
      ...{ kty: 'EC', crv: 'P-256' },
      x: bytes.subarray(0, 32).toString('base64url'),
      y: bytes.subarray(32).toString('base64url'),
    }),
  },
  ed25519: {
    digest: null,
    jwkOf: (bytes: Buffer) => ({ kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }),
  },
} as const;

export interface VerifyingKey {
  readonly key: KeyObject;
  /** What is hashed before it is signed; `null` where the signature does that itself. */
  readonly digest: string | null;
}

/** A key from its text; which kind of signature it makes is said by the text and by nobody else. @throws when it is none */
export function verifyingKey(text: string): VerifyingKey {
  const [kind = '', bytes = ''] = text.split(':');
  if (kind !== 'es256' && kind !== 'ed25519') throw new Error('This is no key of a passkey');
  const { jwkOf, digest } = KINDS[kind];
  return { key: createPublicKey({ key: jwkOf(Buffer.from(bytes, 'base64url')), format: 'jwk' }), digest };
}

/** The text for a public key as browsers give it (SPKI, DER). @throws when it is of a kind that servers do not take */
export function publicKeyText(spki: Buffer): string {
  const {
    kty,
    crv,
    x = '',
    y = '',
  } = createPublicKey({
    key: spki,
    format: 'der',
    type: 'spki',
  }).export({ format: 'jwk' });
  if (kty === 'OKP' && crv === 'Ed25519') return `ed25519:${x}`;
  if (kty !== 'EC' || crv !== 'P-256') throw new Error('This is no key of a passkey');
  const halves = [x, y].map((half) => Buffer.from(half, 'base64url'));
  return `es256:${Buffer.concat(halves).toString('base64url')}`;
}

/** How the keys that servers take begin as authenticators write them (COSE, in its one canonical order). */
const COSE = {
  es256: { head: Buffer.from('a5010203262001215820', 'hex'), between: Buffer.from('225820', 'hex') },
  ed25519: { head: Buffer.from('a4010103272006215820', 'hex') },
} as const;
const HALF_BYTES = 32;

/** The text for a public key as authenticators give it (COSE); `null` for one of a kind that servers do not take. */
export function publicKeyTextOfCose(cose: Buffer): string | null {
  const { es256, ed25519 } = COSE;
  const x = cose.subarray(ed25519.head.length, ed25519.head.length + HALF_BYTES);
  const rest = cose.subarray(ed25519.head.length + HALF_BYTES);
  if (x.length < HALF_BYTES) return null;
  const beginsWith = (head: Buffer) => cose.subarray(0, head.length).equals(head);
  if (beginsWith(ed25519.head) && rest.length === 0) return `ed25519:${x.toString('base64url')}`;
  const y = rest.subarray(es256.between.length);
  const isPoint = rest.subarray(0, es256.between.length).equals(es256.between) && y.length === HALF_BYTES;
  return beginsWith(es256.head) && isPoint ? `es256:${Buffer.concat([x, y]).toString('base64url')}` : null;
}
