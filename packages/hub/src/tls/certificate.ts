import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** With what the hub proves by TLS that it is itself. */
export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM: the hub's own certificate first, then those above it. */
  readonly chain: string;
  /** PEM of the one authority that agents are to take the hub's certificate from; `null` for what everybody knows. */
  readonly authority: string | null;
}

const BEGIN_TO_END = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Each certificate of a PEM file by itself. */
export const certificatesIn = (pem: string): readonly string[] => pem.match(BEGIN_TO_END) ?? [];

/** Whether a client that asked for this name or address would take the certificate for it. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}

/** Why nobody would take this certificate with this key now, in words; `null` when nothing is wrong with it. */
export function troubleWith(chain: string, key: string, nowMs: number): string | null {
  const [own] = certificatesIn(chain);
  if (own === undefined) return 'it holds no certificate in PEM form';
  const certificate = readable(() => new X509Certificate(own));
  if (certificate === null) return 'its first certificate cannot be read';
  const privateKey = readable(() => createPrivateKey(key));
  if (privateKey === null) return 'its key cannot be read: it has to be a PEM file without a password';
  if (!certificate.checkPrivateKey(privateKey)) return 'its key belongs to another certificate';
  if (certificate.validToDate.getTime() <= nowMs) return `it ended on ${certificate.validTo}`;
  if (certificate.validFromDate.getTime() > nowMs) return `it begins only on ${certificate.validFrom}`;
  return null;
}

function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
