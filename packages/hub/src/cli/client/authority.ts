import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import tls from 'node:tls';
import { AUTHORITY_PATH } from '@homelabcmd/protocol/link';
import { certificatesIn } from '../../tls/certificate.ts';
import { CommandFailure, EXIT } from './failure.ts';

const WITHIN_MS = 10_000;
const MOST_BYTES = 64 * 1024;
const FINGERPRINT = /^(?:[0-9a-f]{64}|[0-9a-f]{2}(?::[0-9a-f]{2}){31})$/i;

/**
 * From here on this process takes a hub whose certificate is from this authority, and no other. Without one it takes those that
 * Node.js and this machine know.
 * @param named a PEM file, or the SHA-256 of the authority's certificate
 * @throws CommandFailure
 */
export async function trust(named: string | null, hubUrl: string): Promise<void> {
  if (!hubUrl.startsWith('https:')) return;
  if (named === null) {
    const known = [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
    return tls.setDefaultCACertificates(known);
  }
  tls.setDefaultCACertificates(
    FINGERPRINT.test(named) ? [await byFingerprint(named, hubUrl)] : inFile(named),
  );
}

function inFile(file: string): string[] {
  let found: readonly string[] = [];
  try {
    found = certificatesIn(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new CommandFailure(EXIT.notDone, `${file} cannot be read (${code}).`);
  }
  if (found.length === 0)
    throw new CommandFailure(
      EXIT.notDone,
      `${file} holds no certificate. An authority is a PEM file, or the SHA-256 of its certificate.`,
    );
  return [...found];
}

/**
 * The hub shows the certificate of its authority to everybody, and it is not secret: it is asked for before the hub has proved
 * anything, and believed by its fingerprint. Nothing else is ever asked for so.
 */
async function byFingerprint(wanted: string, hubUrl: string): Promise<string> {
  const pem = await askForAuthority(hubUrl);
  if (fingerprintOf(pem) === plain(wanted)) return pem;
  throw new CommandFailure(
    EXIT.unreachable,
    `What answers at ${hubUrl} has another authority than the one that was named. It was told nothing.`,
  );
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(':', '').toUpperCase();

function fingerprintOf(pem: string): string | null {
  try {
    return plain(new X509Certificate(pem).fingerprint256);
  } catch {
    return null;
  }
}

function askForAuthority(hubUrl: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { rejectUnauthorized: false, agent: false, signal: AbortSignal.timeout(WITHIN_MS) };
  const request = https.get(hubUrl + AUTHORITY_PATH, options, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (text.length > MOST_BYTES) request.destroy(new Error('its answer does not end'));
    });
    response.on('end', () => resolve(text)).on('error', reject);
  });
  request.on('error', reject);
  return promise.catch((cause: Error) => {
    throw new CommandFailure(EXIT.unreachable, `The hub does not answer at ${hubUrl}: ${cause.message}.`, {
      cause,
    });
  });
}
