import { X509Certificate } from 'node:crypto';
import { certificateFingerprint, keyPinOf } from '@homelabcmd/protocol/link';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { hostOf, isLoopback } from '../lib/net/loopback.ts';
import { type Certificate, certificatesIn, isFor } from './certificate.ts';
import { GivenCertificate, type GivenFiles } from './given.ts';
import { MadeCertificate } from './made.ts';
import { ownNames } from './names.ts';

const LOOKED_AT_EVERY_MS = 60_000;

/** How a server that is being added knows the hub by TLS. */
interface HubPins {
  /** For the agent, in its token. */
  readonly authorityFingerprint: string;
  /** For curl and wget, in the line that adds it: `sha256//…`. */
  readonly keyPin: string;
}

export interface TlsSettings {
  /** Where the hub listens. */
  readonly host: string;
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** The certificate that a person brings; `null` without one. */
  readonly tls: GivenFiles | null;
}

/** Whether the hub speaks TLS itself: wherever others than this machine reach it, or a certificate is given. */
export const speaksTls = ({ host, tls }: Pick<TlsSettings, 'host' | 'tls'>): boolean =>
  tls !== null || !isLoopback(host);

/** The certificate that the hub shows, kept in time: renewed where it is our own, read anew where its files were. */
export class HubTls implements Disposable {
  readonly #source: MadeCertificate | GivenCertificate;
  readonly #clock: Clock;
  readonly #names: () => readonly string[];
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: ((certificate: Certificate) => void)[] = [];
  #certificate: Certificate;
  /** One after another, so that no name is lost between two. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(source: MadeCertificate | GivenCertificate, first: Certificate, parts: Parts) {
    this.#source = source;
    this.#certificate = first;
    this.#clock = parts.clock;
    this.#names = parts.names;
    this.#logger = parts.logger;
    this.#timer = setInterval(() => void this.look(), LOOKED_AT_EVERY_MS).unref();
  }

  /** @throws Error with one sentence when the certificate cannot be used */
  static async open(config: TlsSettings, clock: Clock, logger: Logger): Promise<HubTls> {
    const names = () => ownNames(config.host, config.publicUrl);
    const parts = { clock, logger, names };
    if (config.tls !== null) {
      const given = new GivenCertificate(config.tls);
      return new HubTls(given, given.read(clock.nowMs()), parts);
    }
    const made = await MadeCertificate.open(config.dataDir, clock);
    return new HubTls(made, await made.present(names()), parts);
  }

  get certificate(): Certificate {
    return this.#certificate;
  }

  /** Of the hub's own certificate, as browsers show it: pairs of hexadecimal digits. */
  get fingerprint(): string {
    return new X509Certificate(this.#certificate.chain).fingerprint256;
  }

  get endsAt(): Date {
    return new X509Certificate(this.#certificate.chain).validToDate;
  }

  /** Whether it is from the hub's own authority. */
  get isOwn(): boolean {
    return this.#source instanceof MadeCertificate;
  }

  /** `null` where the certificate is from an authority that servers know anyway. */
  get pins(): HubPins | null {
    const { authority, chain } = this.#certificate;
    const [own] = certificatesIn(chain);
    if (authority === null || own === undefined) return null;
    return { authorityFingerprint: certificateFingerprint(authority), keyPin: keyPinOf(own) };
  }

  /** Sees to it that the certificate is for the host of this address, where it is ours to say. @returns whether it is */
  async cover(url: string): Promise<boolean> {
    const host = hostOf(url);
    const isCovered = () => isFor(new X509Certificate(this.#certificate.chain), host);
    if (!isCovered()) await this.look([host]);
    return isCovered();
  }

  onChange(listener: (certificate: Certificate) => void): void {
    this.#listeners.push(listener);
  }

  /** Renews what is due. A certificate that cannot be renewed is kept, and said in the log. */
  look(more: readonly string[] = []): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      try {
        const fresh = await this.#fresh(more);
        if (fresh.chain === this.#certificate.chain && fresh.key === this.#certificate.key) return;
        this.#certificate = fresh;
        for (const listener of this.#listeners) listener(fresh);
        this.#logger.info({ fingerprint: this.fingerprint }, 'the hub shows a new certificate');
      } catch (error) {
        this.#logger.error({ err: error }, 'the certificate could not be renewed; the one before is kept');
      }
    });
    return this.#turn;
  }

  async #fresh(more: readonly string[]): Promise<Certificate> {
    const source = this.#source;
    if (source instanceof MadeCertificate) return source.present([...this.#names(), ...more]);
    return source.hasChanged ? source.read(this.#clock.nowMs()) : this.#certificate;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

interface Parts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly names: () => readonly string[];
}
