import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
}

const BASE = '/agent/v1';
const FROM_DEPLOY = [
  'install-agent.sh',
  'restart-service',
  'homelabcmd-restart.socket',
  'homelabcmd-restart@.service',
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
  const digests = new Map<string, Promise<string>>();
  const digestOf = (name: string, path: string): Promise<string> => {
    const known = digests.get(name) ?? sha256Of(path);
    digests.set(name, known);
    known.catch(() => digests.delete(name));
    return known;
  };
  app.get(`${BASE}/install.sh`, async (_, reply) => {
    const missing = [...paths].filter(([, path]) => !existsSync(path)).map(([name]) => name);
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
  app.get<{ Params: { name: string } }>(`${BASE}/files/:name`, async (request, reply) => {
    const path = paths.get(request.params.name);
    if (path === undefined || !existsSync(path))
      throw new Refusal('not_found', 'There is no such file of the agent.');
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${basename(request.params.name)}"`)
      .send(Readable.from(createReadStream(path, { highWaterMark: 1024 * 1024 })));
  });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
