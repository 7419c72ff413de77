import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { type Certificate, certificatesIn, troubleWith } from './certificate.ts';

export interface GivenFiles {
  /** PEM: the hub's certificate first, then those above it. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * A certificate that a person brings. Where its file ends with an authority that signed itself, agents are told to take
 * that one and no other; where it does not, they go by the authorities that their server knows.
 */
export class GivenCertificate {
  readonly #files: GivenFiles;
  #seen = '';

  constructor(files: GivenFiles) {
    this.#files = files;
  }

  /** Whether a file is another one than when it was read: it was renewed. */
  get hasChanged(): boolean {
    return this.#versions() !== this.#seen;
  }

  /** @throws Error with one sentence on what is wrong with it */
  read(nowMs: number): Certificate {
    const { certificateFile, keyFile } = this.#files;
    this.#seen = this.#versions();
    const [chain, key] = [textOf(certificateFile), textOf(keyFile)];
    const trouble = troubleWith(chain, key, nowMs);
    if (trouble !== null) throw new Error(`The certificate ${certificateFile} cannot be used: ${trouble}.`);
    return { key, chain, authority: rootOf(chain) };
  }

  #versions(): string {
    const { certificateFile, keyFile } = this.#files;
    return [certificateFile, keyFile].map(versionOf).join(' ');
  }
}

function rootOf(chain: string): string | null {
  const last = certificatesIn(chain).at(-1);
  if (last === undefined) return null;
  const certificate = new X509Certificate(last);
  return certificate.verify(certificate.publicKey) ? last : null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`The file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    });
  }
}

function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.ino}.${stat.size}.${stat.mtimeMs}`;
}
