import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a page is given to make a passkey with, as the hub writes it (`PublicKeyCredentialCreationOptionsJSON`). */
export interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
  pubKeyCredParams: readonly { alg: number }[];
  excludeCredentials?: readonly { id: string }[];
}

/** What a page is given to use a passkey with (`PublicKeyCredentialRequestOptionsJSON`). */
export interface RequestOptions {
  challenge: string;
  rpId?: string;
  allowCredentials?: readonly { id: string }[];
}

/** In what an answer differs from that of an honest authenticator in an honest browser. */
export interface Dishonesty {
  challenge?: string;
  rpId?: string;
  /** That it is the person was not looked at: no finger, no PIN. */
  verified?: boolean;
  present?: boolean;
  signCount?: number;
  type?: string;
  crossOrigin?: boolean;
}

interface Answer<R> {
  id: string;
  rawId: string;
  type: 'public-key';
  authenticatorAttachment: 'platform';
  clientExtensionResults: Record<string, never>;
  response: R;
}

/** `RegistrationResponseJSON`, with attestation `none`. */
export type RegistrationAnswer = Answer<{
  clientDataJSON: string;
  attestationObject: string;
  authenticatorData: string;
  publicKey: string;
  publicKeyAlgorithm: number;
  transports: string[];
}>;

/** `AuthenticationResponseJSON`. */
export type AssertionAnswer = Answer<{
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  userHandle: string;
}>;

/** Browser and authenticator in one: it keeps keys for sites, and signs what a site asks. */
export interface SoftwareAuthenticator {
  create(options: CreationOptions, origin: string, dishonesty?: Dishonesty): RegistrationAnswer;
  /** Signs with the newest key that fits; one that fits none is an error, as in a browser. */
  get(options: RequestOptions, origin: string, dishonesty?: Dishonesty): AssertionAnswer;
}

export interface SoftwareAuthenticatorOptions {
  /** Which kind of key it makes. */
  algorithm?: 'ES256' | 'EdDSA';
  /** One whose keys are kept in a cloud says so, and does not count. */
  isSynced?: boolean;
  /** Names its keys as somebody else's device has named one. */
  credentialId?: string;
}

interface Credential {
  id: Buffer;
  rpId: string;
  userHandle: string;
  privateKey: KeyObject;
  signCount: number;
}

const COSE_ALGORITHM = { ES256: -7, EdDSA: -8 } as const;
const CREDENTIAL_ID_BYTES = 32;
/** An authenticator that does not say what it is. */
const AAGUID = Buffer.alloc(16);
const FLAG = { present: 0x01, verified: 0x04, mayBeSynced: 0x08, isSynced: 0x10, attested: 0x40 } as const;

/** An authenticator without a thing to touch: it makes real keys and real signatures, and says yes to everything. */
export function softwareAuthenticator(settings: SoftwareAuthenticatorOptions = {}): SoftwareAuthenticator {
  const { algorithm = 'ES256', isSynced = false, credentialId } = settings;
  const credentials: Credential[] = [];
  const head = (rpId: string, signCount: number, dishonesty: Dishonesty, flags = 0): Buffer =>
    authenticatorHead(
      dishonesty.rpId ?? rpId,
      dishonesty.signCount ?? signCount,
      flagsOf(dishonesty, isSynced) | flags,
    );
  return {
    create(options, origin, dishonesty = {}) {
      const alg = COSE_ALGORITHM[algorithm];
      if (!options.pubKeyCredParams.some((offered) => offered.alg === alg))
        throw new Error('NotSupportedError');
      if (options.excludeCredentials?.some(({ id }) => credentials.some((one) => one.id.equals(bytes(id))))) {
        throw new Error('InvalidStateError');
      }
      const { privateKey, publicKey } = newKeyPair(algorithm);
      const id = credentialId === undefined ? randomBytes(CREDENTIAL_ID_BYTES) : bytes(credentialId);
      const rpId = options.rp.id ?? new URL(origin).hostname;
      const credential = { id, rpId, userHandle: options.user.id, privateKey, signCount: isSynced ? 0 : 1 };
      credentials.push(credential);
      const newest = head(rpId, credential.signCount, dishonesty, FLAG.attested);
      const authenticatorData = Buffer.concat([newest, attested(id, coseKey(publicKey, algorithm))]);
      return answer(id, {
        clientDataJSON: text(clientData('webauthn.create', options.challenge, origin, dishonesty)),
        attestationObject: text(unattested(authenticatorData)),
        authenticatorData: text(authenticatorData),
        publicKey: text(publicKey.export({ type: 'spki', format: 'der' })),
        publicKeyAlgorithm: alg,
        transports: ['internal'],
      });
    },

    get(options, origin, dishonesty = {}) {
      const rpId = options.rpId ?? new URL(origin).hostname;
      const allowed = options.allowCredentials ?? [];
      const credential = credentials.findLast(
        (one) =>
          one.rpId === rpId && (allowed.length === 0 || allowed.some(({ id }) => one.id.equals(bytes(id)))),
      );
      if (!credential) throw new Error('NotAllowedError');
      if (!isSynced) credential.signCount += 1;
      const client = clientData('webauthn.get', options.challenge, origin, dishonesty);
      const authenticatorData = head(rpId, credential.signCount, dishonesty);
      const signed = Buffer.concat([authenticatorData, sha256(client)]);
      return answer(credential.id, {
        clientDataJSON: text(client),
        authenticatorData: text(authenticatorData),
        signature: text(sign(algorithm === 'ES256' ? 'sha256' : null, signed, credential.privateKey)),
        userHandle: credential.userHandle,
      });
    },
  };
}

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');
const text = (content: Buffer): string => content.toString('base64url');
const sha256 = (content: Buffer | string): Buffer => createHash('sha256').update(content).digest();

const newKeyPair = (algorithm: 'ES256' | 'EdDSA') =>
  algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');

const answer = <R>(id: Buffer, response: R): Answer<R> => ({
  id: text(id),
  rawId: text(id),
  type: 'public-key',
  authenticatorAttachment: 'platform',
  clientExtensionResults: {},
  response,
});

function clientData(type: string, challenge: string, origin: string, dishonesty: Dishonesty): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: dishonesty.type ?? type,
      challenge: dishonesty.challenge ?? challenge,
      origin,
      crossOrigin: dishonesty.crossOrigin ?? false,
    }),
  );
}

const flagsOf = ({ present = true, verified = true }: Dishonesty, isSynced: boolean): number =>
  (present ? FLAG.present : 0) |
  (verified ? FLAG.verified : 0) |
  (isSynced ? FLAG.mayBeSynced | FLAG.isSynced : 0);

function authenticatorHead(rpId: string, signCount: number, flags: number): Buffer {
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags);
  rest.writeUInt32BE(signCount, 1);
  return Buffer.concat([sha256(rpId), rest]);
}

/** The new key with its id, as it stands behind the head when a key is made. */
function attested(id: Buffer, key: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([AAGUID, length, id, key]);
}

/** The attestation that vouches for nothing, which is what the hub asks for. */
const unattested = (authenticatorData: Buffer): Buffer =>
  cbor(
    new Map<string, Item>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authenticatorData],
    ]),
  );

/** A public key as authenticators write it: RFC 9053, the map of a COSE key. */
function coseKey(publicKey: KeyObject, algorithm: 'ES256' | 'EdDSA'): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return algorithm === 'ES256'
    ? cbor(
        new Map<number, Item>([
          [1, 2],
          [3, COSE_ALGORITHM.ES256],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]),
      )
    : cbor(
        new Map<number, Item>([
          [1, 1],
          [3, COSE_ALGORITHM.EdDSA],
          [-1, 6],
          [-2, bytes(x)],
        ]),
      );
}

type Item = number | string | Buffer | Map<number | string, Item>;

/** As much of CBOR (RFC 8949) as the shapes above are made of. */
function cbor(item: Item): Buffer {
  if (typeof item === 'number') return item < 0 ? cborHead(1, -1 - item) : cborHead(0, item);
  if (typeof item === 'string')
    return Buffer.concat([cborHead(3, Buffer.byteLength(item)), Buffer.from(item)]);
  if (Buffer.isBuffer(item)) return Buffer.concat([cborHead(2, item.length), item]);
  return Buffer.concat([
    cborHead(5, item.size),
    ...[...item].flatMap(([key, value]) => [cbor(key), cbor(value)]),
  ]);
}

function cborHead(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  if (size < 0x100) return Buffer.from([(major << 5) | 24, size]);
  return Buffer.from([(major << 5) | 25, size >> 8, size & 0xff]);
}
