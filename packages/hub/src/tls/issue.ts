import 'reflect-metadata';
import { createPublicKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** ECDSA on P-256: every browser, curl and Node.js takes it. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SERIAL_BYTES = 16;

export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/** A certificate with which its own key signs others, for servers only. @returns PEM */
export async function issueAuthority(key: KeyObject, name: string, { from, to }: Validity): Promise<string> {
  const keys = await pairOf(key);
  const made = await X509CertificateGenerator.createSelfSigned({
    ...{ name: `CN=${name}`, serialNumber: newSerial(), notBefore: from, notAfter: to },
    ...{ keys, signingAlgorithm: ALGORITHM },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return made.toString('pem');
}

export interface Authority {
  readonly key: KeyObject;
  readonly certificate: string;
}

export interface ServerCertificate extends Validity {
  readonly key: KeyObject;
  /** Host names and addresses. */
  readonly names: readonly string[];
  /** What it may be used for: `server`, or `client` alone. */
  readonly purpose?: 'server' | 'client';
}

/** A certificate for these names, from this authority. @returns PEM */
export async function issueCertificate(by: Authority, of: ServerCertificate): Promise<string> {
  const authority = new X509Certificate(by.certificate);
  const { publicKey } = await pairOf(of.key);
  const { privateKey: signingKey } = await pairOf(by.key);
  const usage = of.purpose === 'client' ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth;
  const made = await X509CertificateGenerator.create({
    ...{ subject: 'CN=HomelabCmd hub', issuer: authority.subject, serialNumber: newSerial() },
    ...{ notBefore: of.from, notAfter: of.to, publicKey, signingKey, signingAlgorithm: ALGORITHM },
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage]),
      new SubjectAlternativeNameExtension(of.names.map(generalName)),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return made.toString('pem');
}

const generalName = (name: string): JsonGeneralName => ({
  type: isIP(name) === 0 ? 'dns' : 'ip',
  value: name,
});

/** Positive, as the standard wants it: the first bit stays 0. */
function newSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('hex');
}

/** A key as the library wants it, whose types know one usage less of it than Node.js's own. */
type Pair = Extract<
  Parameters<typeof X509CertificateGenerator.createSelfSigned>[0],
  { keys: unknown }
>['keys'];

async function pairOf(key: KeyObject): Promise<Pair> {
  const { subtle } = webcrypto;
  const privateBytes = key.export({ type: 'pkcs8', format: 'der' });
  const publicBytes = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('pkcs8', privateBytes, ALGORITHM, true, ['sign']),
    subtle.importKey('spki', publicBytes, ALGORITHM, true, ['verify']),
  ]);
  return { privateKey, publicKey } as Pair;
}
