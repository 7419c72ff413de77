import { createHash, createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { softwareAuthenticator } from './software-passkey.ts';

const ORIGIN = 'https://hub.example.org';
const CREATION = {
  challenge: 'Y3JlYXRpb24',
  rp: { id: 'hub.example.org' },
  user: { id: 'dXNlcg' },
  pubKeyCredParams: [{ alg: -8 }, { alg: -7 }],
};
const REQUEST = { challenge: 'cmVxdWVzdA', rpId: 'hub.example.org' };
const bytes = (base64url: string) => Buffer.from(base64url, 'base64url');

test.each([
  { algorithm: 'ES256', digest: 'sha256' },
  { algorithm: 'EdDSA', digest: null },
] as const)(
  'what an authenticator signs with $algorithm is verified by the key that it made',
  ({ algorithm, digest }) => {
    const authenticator = softwareAuthenticator({ algorithm });
    const made = authenticator.create(CREATION, ORIGIN);
    const used = authenticator.get(REQUEST, ORIGIN);

    expect(used.id).toBe(made.id);
    const clientDataJSON = bytes(used.response.clientDataJSON);
    expect(JSON.parse(clientDataJSON.toString())).toEqual({
      type: 'webauthn.get',
      challenge: REQUEST.challenge,
      origin: ORIGIN,
      crossOrigin: false,
    });
    const key = createPublicKey({ key: bytes(made.response.publicKey), format: 'der', type: 'spki' });
    const signature = bytes(used.response.signature);
    const signed = (clientData: Buffer) =>
      Buffer.concat([
        bytes(used.response.authenticatorData),
        createHash('sha256').update(clientData).digest(),
      ]);
    expect(verify(digest, signed(clientDataJSON), key, signature)).toBe(true);
    expect(verify(digest, signed(Buffer.from('{}')), key, signature)).toBe(false);
  },
);

test('a key is for one site, counts its uses, and is not made twice', () => {
  const authenticator = softwareAuthenticator();
  const { id } = authenticator.create(CREATION, ORIGIN);
  const count = () => bytes(authenticator.get(REQUEST, ORIGIN).response.authenticatorData).readUInt32BE(33);

  expect([count(), count()]).toEqual([2, 3]);
  expect(() => authenticator.get({ ...REQUEST, rpId: 'other.example.org' }, ORIGIN)).toThrow(
    'NotAllowedError',
  );
  expect(() => authenticator.get({ ...REQUEST, allowCredentials: [{ id: 'b3RoZXI' }] }, ORIGIN)).toThrow(
    'NotAllowedError',
  );
  expect(() => authenticator.create({ ...CREATION, excludeCredentials: [{ id }] }, ORIGIN)).toThrow(
    'InvalidStateError',
  );
});
