import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AUTHORITY_PATH, certificateFingerprint, type EnrolmentKey } from '@homelabcmd/protocol/link';
import { AGENT_LINK_PATH } from '@homelabcmd/protocol';
import { later } from '../later.ts';
import { makeFolderDurably, textIfThere, writeDurably } from '../durable-file.ts';

const WITHIN_MS = 10_000;
const MOST_BYTES = 64 * 1024;
const FILE = 'hub-authority.pem';

/** Where an agent keeps the authority of its hub, if that has one of its own. */
export const authorityPath = (stateDir: string): string => join(stateDir, FILE);

/** What should be the hub's authority is none, or not the one that the token names. */
export class WrongAuthority extends Error {}

/**
 * From which authority the hub's certificate has to be.
 *
 *   the token names one ──asked of the hub, and found to be that one──► kept in a file ──► that one, and no other
 *   the token names none ────────────────────────────────────────────────────────────────► those that this server knows
 *
 * The certificate of the authority is not secret, and is asked for before the hub has proved anything: what counts is its
 * fingerprint, which came with the token. It is the only thing that is ever asked for so.
 */
export class HubAuthority {
  readonly #path: string;
  readonly #token: EnrolmentKey | null;
  readonly #isTokenNew: () => boolean;
  #trusted: string | null = null;

  /** @param isTokenNew whether the token has yet to be taken by its hub */
  constructor(stateDir: string, token: EnrolmentKey | null, isTokenNew: () => boolean) {
    makeFolderDurably(stateDir);
    this.#path = join(stateDir, FILE);
    this.#token = token;
    this.#isTokenNew = isTokenNew;
  }

  /** PEM of the one that the hub's certificate has to be from; `null`: of one that this server knows. */
  get trusted(): string | null {
    return this.#trusted;
  }

  /**
   * From here on every connection of this process that is checked at all is checked by that authority.
   * @throws WrongAuthority, or when the hub cannot be asked
   */
  async beTrusted(linkUrl: string): Promise<void> {
    if (!linkUrl.startsWith('wss:')) return;
    const pem = await this.#pem(linkUrl);
    if (pem === null || pem === this.#trusted) return;
    const { tls } = later;
    if (typeof tls.setDefaultCACertificates !== 'function')
      throw new Error('this hub has a certificate of its own authority, which needs Node.js 24.5 or later');
    tls.setDefaultCACertificates([pem]);
    this.#trusted = pem;
  }

  async #pem(linkUrl: string): Promise<string | null> {
    const kept = this.#kept();
    const token = this.#token;
    if (token === null) return kept;
    const wanted = token.authorityFingerprint;
    if (wanted === null) {
      if (kept !== null && this.#isTokenNew()) rmSync(this.#path);
      return this.#isTokenNew() ? null : kept;
    }
    if (kept !== null && (certificateFingerprint(kept) === wanted || !this.#isTokenNew())) return kept;
    const asked = await askForAuthority(linkUrl);
    if (fingerprintOf(asked) !== wanted)
      throw new WrongAuthority('its certificate is not from the authority that the enrolment token names');
    writeDurably(this.#path, asked);
    return asked;
  }

  #kept(): string | null {
    const pem = textIfThere(this.#path);
    if (pem !== null && fingerprintOf(pem) === null)
      throw new WrongAuthority(
        `${this.#path} holds no certificate that can be read. Remove it, and enrol this server anew.`,
      );
    return pem;
  }
}

function fingerprintOf(pem: string): string | null {
  try {
    return certificateFingerprint(pem);
  } catch {
    return null;
  }
}

/** What the hub shows to everybody. It is believed by its fingerprint alone. */
function askForAuthority(linkUrl: string): Promise<string> {
  const url = new URL(linkUrl.replace(/^wss/, 'https'));
  const basePath = url.pathname.slice(0, -AGENT_LINK_PATH.length);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const signal = AbortSignal.timeout(WITHIN_MS);
  const options = { path: basePath + AUTHORITY_PATH, rejectUnauthorized: false, agent: false, signal };
  const request = later.https.get(url, options, (response) => {
    const { statusCode = 0 } = response;
    // A proxy whose hub is away says so; it does not say that the hub has another authority.
    if (statusCode >= 500) return void request.destroy(new Error(`it answers with HTTP ${statusCode}`));
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
      if (text.length > MOST_BYTES) request.destroy(new Error('it does not end'));
    });
    response.on('end', () => resolve(text)).on('error', reject);
  });
  request.on('error', reject);
  return promise;
}
