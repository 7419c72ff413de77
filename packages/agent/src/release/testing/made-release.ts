import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

export function newReleaseKey(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

export interface Making {
  readonly key: KeyPair;
  readonly version?: string;
  readonly releasedAt?: string;
  /** What is in it, by name. */
  readonly files: Readonly<Record<string, string | Buffer>>;
}

/** Lays out a whole, signed release in a folder, as the build does. */
export function makeRelease(folder: string, { key, version, releasedAt, files }: Making): void {
  mkdirSync(folder, { recursive: true });
  const parts = Object.entries(files).map(([name, content]) => {
    const bytes = Buffer.from(content);
    writeFileSync(join(folder, name), bytes, { mode: 0o755 });
    return [name, { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }];
  });
  const manifest = Buffer.from(
    JSON.stringify({
      product: 'homelabcmd-agent',
      version: version ?? '1.2.3',
      released_at: releasedAt ?? '2026-01-01T00:00:00.000Z',
      files: Object.fromEntries(parts),
    }),
  );
  writeFileSync(join(folder, 'release.json'), manifest);
  writeFileSync(join(folder, 'release.sig'), sign(null, manifest, key.privateKey));
  writeFileSync(join(folder, 'release-key.pem'), key.publicPem);
}
