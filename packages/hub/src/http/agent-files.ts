import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AUTHORITY_PATH } from '@homelabcmd/protocol/link';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../lib/refusal.ts';

/** Where the parts of an agent's installation are on the hub's own disk. */
export interface AgentFiles {
  /** The folder with the installer, the restart script and the units. */
  readonly deployDir: string;
  /** The built agent. */
  readonly agentBundle: string;
  /** The Node.js that runs this hub: servers like this machine, without one of their own, can have it. */
  readonly nodeProgram: string;
  /** The authority that the hub's certificate is from, as PEM; `null` where it has none of its own. */
  readonly authority: () => string | null;
}

const BASE = '/agent/v1';
const FROM_DEPLOY = [
  'install-agent.sh',
  'uninstall-agent.sh',
  'restart-service',
  'read-journal',
  'choose-logs',
  'relax-sandbox',
  'homelabcmd-restart.socket',
  'homelabcmd-restart@.service',
  'homelabcmd-journal.socket',
  'homelabcmd-journal@.service',
  'homelabcmd-agent.service',
] as const;
/** What `uname -m` says of a machine that can run this process. */
const MACHINES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * What «Add server» needs: one script, and the files that it fetches. Nothing of it is secret, so it needs no key; the
 * script holds the SHA-256 of each file, so that a broken or mixed-up download is not installed.
 */
export function mountAgentFiles(app: FastifyInstance, files: AgentFiles): void {
  const paths = new Map<string, string>([
    ...FROM_DEPLOY.map((name): [string, string] => [name, join(files.deployDir, name)]),
    ['agent.mjs', files.agentBundle],
    ['node', files.nodeProgram],
  ]);
  const digests = new Map<string, { version: string; digest: Promise<string> }>();
  // A checksum is of one version of a file: it may be built anew while the hub runs.
  const digestOf = (name: string, path: string): Promise<string> => {
    const version = versionOf(statOf(path));
    const known = digests.get(name);
    if (known?.version === version) return known.digest;
    const digest = sha256Of(path);
    digests.set(name, { version, digest });
    digest.catch(() => digests.delete(name));
    return digest;
  };
  app.get(`${BASE}/install.sh`, async (_, reply) => {
    const missing = [...paths].filter(([, path]) => statOf(path) === null).map(([name]) => name);
    if (missing.length > 0)
      throw new Refusal(
        'unavailable',
        `This hub lacks parts of the agent: ${missing.join(', ')}. Build it, or install it whole.`,
      );
    const sums = await Promise.all(
      [...paths].map(async ([name, path]) => `${await digestOf(name, path)}  ${name}`),
    );
    const script = readFileSync(join(files.deployDir, 'install-from-hub.sh'), 'utf8')
      .replace('@CHECKSUMS@', () => sums.join('\n'))
      .replace('@NODE_MACHINE@', MACHINES[process.arch] ?? 'none');
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
    const path = paths.get(name);
    const stat = path === undefined ? null : statOf(path);
    if (path === undefined || stat === null)
      throw new Refusal('not_found', 'There is no such file of the agent.');
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
