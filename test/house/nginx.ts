import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './house.ts';
import { freePort, isListening } from './ports.ts';

const GUIDE = fileURLToPath(new URL('../../docs/reverse-proxy.md', import.meta.url));

/** A real nginx with a certificate of its own authority, on a free port of this machine. */
export interface Nginx extends AsyncDisposable {
  readonly port: number;
  /** Where its files are; `plain.sock` in it is what the sample listens on for plain HTTP. */
  readonly folder: string;
  /** The certificate, which is its own authority. */
  readonly authorityFile: string;
}

/** Why nginx cannot be run here, in one sentence, or `null`. */
export function nginxProblem(): string | null {
  for (const program of ['nginx', 'openssl']) {
    if (spawnSync(program, ['-v']).error !== undefined) return `There is no ${program} here: install it.`;
  }
  return null;
}

/** The configurations for nginx that the guide gives to people, in its order. */
export async function samplesOfGuide(): Promise<string[]> {
  const guide = await readFile(GUIDE, 'utf8');
  return [...guide.matchAll(/```nginx\n([\s\S]*?)```/g)].map(([, sample = '']) => sample);
}

/** Runs a sample of the guide as it stands, but for its ports and the paths of its certificates. */
export async function startNginx(sample: string, hubPort: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'homelabcmd-nginx-'));
  const port = await freePort();
  const [keyFile, authorityFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  makeCertificate(keyFile, authorityFile);
  const site = sample
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${hubPort}`)
    .replaceAll(/listen 443 ssl/g, `listen 127.0.0.1:${port} ssl`)
    .replaceAll(/listen 80;/g, `listen unix:${folder}/plain.sock;`)
    .replaceAll(/(ssl_certificate +)\S+;/g, `$1${authorityFile};`)
    .replaceAll(/(ssl_certificate_key +)\S+;/g, `$1${keyFile};`);
  const config = join(folder, 'nginx.conf');
  await writeFile(config, around(site, folder));
  await mkdir(join(folder, 'bodies'));
  // nginx gives its work to a user without rights, who has to reach the folder.
  await chmod(folder, 0o755);

  const child = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  await until('nginx answers', async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended while it was starting:\n${complaints}`);
    return isListening(port);
  });
  return {
    port,
    folder,
    authorityFile,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a distribution has around a site, without anything that would help it along. */
const around = (site: string, folder: string): string => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  gzip on;
  client_body_temp_path ${folder}/bodies;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${site}
}
`;

function makeCertificate(keyFile: string, certificateFile: string): void {
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-keyout', keyFile, '-out', certificateFile, '-subj', '/CN=hub.localhost'],
      ...['-addext', 'subjectAltName=DNS:hub.localhost,DNS:localhost,IP:127.0.0.1'],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
}
