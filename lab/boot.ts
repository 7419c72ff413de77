import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';

export interface BootOptions {
  /** Files below /etc, by their path there (`homelabcmd/restart-allowed`). */
  etc?: Record<string, string | { content: string; mode?: number }>;
  /** Unit files in /etc/systemd/system, by name. */
  units?: Record<string, string>;
  /** Units that start with the server. One that does not finish starting delays `boot`. */
  enable?: string[];
  /** Files and folders of this machine, seen inside; writable unless `readOnly`. */
  binds?: { source: string; target: string; readOnly?: boolean }[];
  /** A network of its own, with an address that this machine can reach; otherwise it shares this machine's, loopback too. */
  ownNetwork?: boolean;
  /**
   * An empty folder for the server's disk: with it everything that the server writes outlives a reboot, and its journal is
   * persistent. Otherwise a reboot gives a fresh server. It belongs to you, and is not removed.
   */
  persistDir?: string;
  /**
   * It counts how long it has been up from its own boot, as a machine does; otherwise it says how long this machine has been. In
   * programs that are run inside from here it is this machine's all the same.
   */
  ownUptime?: boolean;
  /** Nothing in it can mount, as in a container without nesting: systemd cannot set up most of a sandbox. Needs perl. */
  noMounts?: boolean;
  /** The boot id of the first boot, as a UUID; every later boot has a random one. */
  bootId?: string;
}

/** A Node.js on each server, for what a test has to ask there. The product has no use for it. */
export const NODE_ON_SERVER = '/opt/lab/node';

/** Writes down what the server gets in its /etc, and answers the arguments of `boot-server.sh start`. */
export async function prepareBoot(serverDir: string, options: BootOptions): Promise<string[]> {
  const etcDir = join(serverDir, 'etc');
  await mkdir(etcDir, { recursive: true });
  for (const [path, file] of Object.entries(options.etc ?? {})) {
    const { content, mode = 0o644 } = typeof file === 'string' ? { content: file } : file;
    await mkdir(join(etcDir, dirname(path)), { recursive: true });
    await writeFile(join(etcDir, path), content, { mode });
  }
  const unitsDir = join(etcDir, 'systemd/system');
  await mkdir(unitsDir, { recursive: true });
  for (const [unit, content] of Object.entries(options.units ?? {}))
    await writeFile(join(unitsDir, unit), content);
  for (const unit of options.enable ?? []) {
    const wants = join(
      unitsDir,
      unit.endsWith('.socket') ? 'sockets.target.wants' : 'multi-user.target.wants',
    );
    await mkdir(wants, { recursive: true });
    await symlink(`../${unit}`, join(wants, unit));
  }
  await renewBootId(serverDir, options.bootId);
  if (options.persistDir !== undefined) await mkdir(options.persistDir, { recursive: true });
  return [
    ...['--etc', etcDir, '--boot-id', join(serverDir, 'boot-id')],
    ...['--bind', process.execPath, NODE_ON_SERVER, 'ro'],
    ...(options.binds ?? []).flatMap((b) => [
      '--bind',
      b.source,
      b.target,
      b.readOnly === true ? 'ro' : 'rw',
    ]),
    ...(options.ownNetwork === true ? ['--network'] : []),
    ...(options.ownUptime === true ? ['--uptime'] : []),
    ...(options.noMounts === true ? ['--no-mounts'] : []),
    ...(options.persistDir === undefined ? [] : ['--disk', options.persistDir]),
  ];
}

/** The kernel's boot id is one for all servers of this machine, so each gets a file of its own in its place. */
export async function renewBootId(serverDir: string, bootId: string = randomUUID()): Promise<void> {
  await writeFile(join(serverDir, 'boot-id'), `${bootId}\n`);
}
