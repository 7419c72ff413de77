import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { replaceFile, textIfThere } from '../lib/durable-file.ts';
import { giveToOwnerOfFolder } from '../lib/owner.ts';
import { type Certificate, isFor, troubleWith } from './certificate.ts';

/** In the data folder and in no copy of the store. */
export const TLS_FOLDER = 'tls';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 20 * 365;
/** Some systems take no certificate that is good for longer, whoever it is from. */
const CERTIFICATE_DAYS = 397;
const RENEWED_DAYS_BEFORE = 60;
const MOST_NAMES = 100;

/**
 * The hub's own small authority, and the certificate that it gives to the hub. Both keys are made once and stay: servers
 * were told of the authority's when they were added, and the line that adds one names the hub's.
 *
 *   certificate: kept ──a name is missing, or its end is near──► made anew with all names that it had, and the new ones
 */
export class MadeCertificate {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #authority: { readonly key: KeyObject; readonly certificate: string };
  readonly #key: KeyObject;
  #chain: string | null;

  private constructor(folder: string, clock: Clock, authority: { key: KeyObject; certificate: string }) {
    this.#folder = folder;
    this.#clock = clock;
    this.#authority = authority;
    this.#key = keyIn(join(folder, 'key.pem'));
    this.#chain = textIfThere(join(folder, 'certificate.pem'));
  }

  /** @throws when there is a key or an authority that cannot be read: others in their place would lock every agent out */
  static async open(dataDir: string, clock: Clock): Promise<MadeCertificate> {
    const folder = join(dataDir, TLS_FOLDER);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    giveToOwnerOfFolder(folder);
    const key = keyIn(join(folder, 'authority-key.pem'));
    const path = join(folder, 'authority.pem');
    const kept = textIfThere(path);
    const certificate = kept ?? (await newAuthority(key, clock));
    if (kept === null) replaceFile(path, certificate, true);
    else if (!new X509Certificate(kept).checkPrivateKey(key))
      throw new Error(`${path} is not of authority-key.pem`);
    return new MadeCertificate(folder, clock, { key, certificate });
  }

  /** The certificate, made anew where it is not for each of these names. */
  async present(names: readonly string[]): Promise<Certificate> {
    const chain = this.#isGoodFor(names) ? (this.#chain ?? '') : await this.#renew(names);
    return {
      key: this.#key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      chain,
      authority: this.#authority.certificate,
    };
  }

  #isGoodFor(names: readonly string[]): boolean {
    const chain = this.#chain;
    if (chain === null) return false;
    const inTimeMs = this.#clock.nowMs() + RENEWED_DAYS_BEFORE * DAY_MS;
    const key = this.#key.export({ type: 'pkcs8', format: 'pem' }).toString();
    if (troubleWith(chain, key, this.#clock.nowMs()) !== null || troubleWith(chain, key, inTimeMs) !== null)
      return false;
    const certificate = new X509Certificate(chain);
    const isOurs = certificate.verify(new X509Certificate(this.#authority.certificate).publicKey);
    return isOurs && names.every((name) => isFor(certificate, name));
  }

  async #renew(names: readonly string[]): Promise<string> {
    const had = this.#chain === null ? [] : namesOf(this.#chain);
    const { issueCertificate } = await import('./issue.ts');
    const nowMs = this.#clock.nowMs();
    const own = await issueCertificate(this.#authority, {
      key: this.#key,
      names: [...new Set([...names, ...had])].slice(0, MOST_NAMES),
      // A server whose clock is a little behind takes it too.
      from: new Date(nowMs - DAY_MS),
      to: new Date(nowMs + (CERTIFICATE_DAYS - 1) * DAY_MS),
    });
    const chain = `${own.trim()}\n${this.#authority.certificate.trim()}\n`;
    replaceFile(join(this.#folder, 'certificate.pem'), chain, true);
    this.#chain = chain;
    return chain;
  }
}

/** Names of people's networks, and this machine's: two authorities in one browser are not to be mixed up. */
async function newAuthority(key: KeyObject, clock: Clock): Promise<string> {
  const { issueAuthority } = await import('./issue.ts');
  const nowMs = clock.nowMs();
  const name = `HomelabCmd ${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-')}`;
  const validity = { from: new Date(nowMs - DAY_MS), to: new Date(nowMs + AUTHORITY_DAYS * DAY_MS) };
  return `${(await issueAuthority(key, name, validity)).trim()}\n`;
}

/** The names and addresses that a certificate is for. */
function namesOf(chain: string): string[] {
  const texts = new X509Certificate(chain).subjectAltName?.split(', ') ?? [];
  return texts.flatMap((text) => /^(?:DNS|IP Address):([\w.:-]+)$/.exec(text)?.[1] ?? []);
}

function keyIn(path: string): KeyObject {
  const pem = textIfThere(path);
  if (pem !== null) {
    try {
      return createPrivateKey(pem);
    } catch {
      throw new Error(
        `${path} holds no key that can be read. Put back the one that was there; or move the folder away: then all in it is made anew, and every agent has to be enrolled anew.`,
      );
    }
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  replaceFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), true);
  return privateKey;
}
