import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AUTHORITY_PATH } from '@homelabcmd/protocol/link';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refusal } from '../lib/refusal.ts';

/** Where the parts of an agent's installation are on the hub's own disk. */
export interface AgentFiles {
  /** The folder of the signed release that servers get: `release.json` names what belongs to it. */
  readonly releaseDir: string;
  /** The script that fetches it. */
  readonly installScript: string;
  /** The authority that the hub's certificate is from, as PEM; `null` where it has none of its own. */
  readonly authority: () => string | null;
}

const BASE = '/agent/v1';
const MANIFEST = 'release.json';
/** What belongs to a release beside the files that it names. */
const ABOUT_IT = [MANIFEST, 'release.sig', 'release-key.pem'] as const;

/**
 * What «Add server» needs: one script, and the files that it fetches. Nothing of it is secret, so it needs no key. The script
 * holds the SHA-256 of each file, so that a broken or mixed-up download is not installed; that the release is genuine is said by
 * its signature, which was made elsewhere: this hub only hands it on.
 */
export function mountAgentFiles(app: FastifyInstance, files: AgentFiles): void {
  const pathOf = (name: string): string => join(files.releaseDir, name);
  const digests = new Map<string, { version: string; digest: Promise<string> }>();
  // A checksum is of one version of a file: it may be built anew while the hub runs.
  const digestOf = (name: string): Promise<string> => {
    const version = versionOf(statOf(pathOf(name)));
    const known = digests.get(name);
    if (known?.version === version) return known.digest;
    const digest = sha256Of(pathOf(name));
    digests.set(name, { version, digest });
    digest.catch(() => digests.delete(name));
    return digest;
  };
  app.get(`${BASE}/install.sh`, async (_, reply) => {
    const names = namesOf(files.releaseDir);
    const missing = names.filter((name) => statOf(pathOf(name)) === null);
    if (missing.length > 0)
      throw new Refusal(
        'unavailable',
        `This hub lacks parts of the agent: ${missing.join(', ')}. Build it (npm run build:agent), or install it whole.`,
      );
    const sums = await Promise.all(names.map(async (name) => `${await digestOf(name)}  ${name}`));
    const script = readFileSync(files.installScript, 'utf8').replace('@CHECKSUMS@', () => sums.join('\n'));
    return reply.type('text/x-shellscript; charset=utf-8').header('cache-control', 'no-store').send(script);
  });
  app.get(AUTHORITY_PATH, async (_, reply) => {
    const authority = files.authority();
    if (authority === null) throw new Refusal('not_found', 'This hub has no authority of its own.');
    return reply
      .type('application/x-pem-file')
      .header('content-disposition', 'attachment; filename="homelabcmd-authority.pem"')
      .header('cache-control', 'no-store')
      .send(authority);
  });
  app.get<{ Params: { name: string } }>(`${BASE}/files/:name`, async (request, reply) => {
    const { name } = request.params;
    const path = pathOf(name);
    const stat = namesOf(files.releaseDir).includes(name) ? statOf(path) : null;
    if (stat === null) throw new Refusal('not_found', 'There is no such file of the agent.');
    return (
      reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${name}"`)
        // Its checksum is in a script that is made anew each time: an old copy from on the way would not match.
        .header('cache-control', 'no-store')
        .header('content-length', stat.size)
        .send(Readable.from(createReadStream(path, { highWaterMark: 1024 * 1024 })))
    );
  });
}

/** The files of the release that is there now. A folder without a release lacks what says what belongs to one. */
function namesOf(releaseDir: string): string[] {
  const path = join(releaseDir, MANIFEST);
  if (statOf(path) === null) return [...ABOUT_IT];
  const { files } = Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  return [...ABOUT_IT, ...Object.keys(files)];
}

/** Our own file, but one that is copied about. */
const Manifest = z.object({
  files: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9@._-]*$/), z.unknown()),
});

/** `null` where there is no such file. */
function statOf(path: string): Stats | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat : null;
}

const versionOf = (stat: Stats | null): string =>
  stat === null ? '' : [stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs].join(' ');

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
