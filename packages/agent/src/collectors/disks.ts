import { readFileSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import type { MetricSample } from '@homelabcmd/protocol';
import { cut } from '../text.ts';
import type { Collector } from './collector.ts';

export interface Mount {
  source: string;
  mount: string;
  type: string;
}

/** Filesystems that hold files on a disk or a network, as opposed to what the kernel makes up. */
const REAL_TYPES = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'bcachefs', 'f2fs', 'jfs', 'reiserfs', 'nilfs2'],
  ...['vfat', 'exfat', 'msdos', 'ntfs', 'ntfs3', 'fuseblk', 'hfsplus', 'ufs'],
  ...['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'fuse.ceph', 'glusterfs', 'fuse.glusterfs', '9p', 'virtiofs'],
  ...['fuse.mergerfs', 'fuse.sshfs', 'fuse.rclone', 'fuse.unionfs', 'mergerfs'],
]);
/** What containers and packages mount for themselves shows the same disk again. */
const NOT_FOR_PEOPLE =
  /^\/(?:proc|sys|dev|run(?!\/media\/)|snap|var\/snap|var\/lib\/(?:docker|containers|kubelet|lxcfs|lxd|snapd|flatpak)|etc\/(?:hosts|hostname|resolv\.conf)$)(?:\/|$)/;
const MAX_DISKS = 64;
const STATFS_TIMEOUT_MS = 2000;

/**
 * The mounts of `/proc/self/mounts` that are worth showing, one for each device: the one with the shortest path. A root
 * that a container made of layers counts, since it is all that such a machine has.
 */
export function parseMounts(mounts: string): Mount[] {
  const bySource = new Map<string, Mount>();
  for (const line of mounts.split('\n')) {
    const [source, mount, type] = line.split(' ').map(unescapeField);
    if (source === undefined || mount === undefined || type === undefined) continue;
    const isRoot = mount === '/' && type !== 'rootfs';
    if (!isRoot && (!REAL_TYPES.has(type) || NOT_FOR_PEOPLE.test(mount))) continue;
    const key = type === 'overlay' || type === 'tmpfs' ? `${type} ${mount}` : source;
    const known = bySource.get(key);
    if (known === undefined || mount.length < known.mount.length) bySource.set(key, { source, mount, type });
  }
  return [...bySource.values()].toSorted((a, b) => (a.mount < b.mount ? -1 : 1));
}

/** The kernel writes blanks and backslashes in octal. */
const unescapeField = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** A single file can be mounted too; it shows another disk's size as if it were its own. */
async function sizeOfFolder(mount: string) {
  return (await stat(mount)).isDirectory() ? statfs(mount) : null;
}

type Disk = MetricSample['disks'][number];

/** A network disk whose server has gone would hang for ever: such a one is left out, and not asked again meanwhile. */
export function disksCollector(path = '/proc/self/mounts'): Collector {
  const hanging = new Set<string>();
  const sizeOf = async ({ mount }: Mount): Promise<Disk | null> => {
    if (hanging.has(mount)) return null;
    hanging.add(mount);
    const asked = sizeOfFolder(mount)
      .catch(() => null)
      .finally(() => hanging.delete(mount));
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, STATFS_TIMEOUT_MS, null);
    const found = await Promise.race([asked, late]);
    clearTimeout(timer);
    if (found === null || found.blocks === 0) return null;
    const used_bytes = (found.blocks - found.bfree) * found.bsize;
    return { mount: cut(mount, 255), used_bytes, total_bytes: found.blocks * found.bsize };
  };
  return {
    name: 'disks',
    read: async () => {
      const mounts = parseMounts(readFileSync(path, 'utf8')).slice(0, MAX_DISKS);
      const disks = await Promise.all(mounts.map(sizeOf));
      return { disks: disks.filter((disk): disk is Disk => disk !== null) };
    },
  };
}
