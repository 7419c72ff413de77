import type { DiscoveredService, Service } from '@homelabcmd/protocol';

type Rank = Pick<DiscoveredService, 'rank' | 'rank_reason'>;
type Seen = Pick<Service, 'target' | 'load_state' | 'status' | 'unit_type' | 'unit_file' | 'unit_file_state'>;

interface Rule extends Rank {
  readonly isSo: (unit: string, service: Seen) => boolean;
}

const background = (rank_reason: string, isSo: Rule['isSo']): Rule => ({
  rank: 'background',
  rank_reason,
  isSo,
});
const madeHere = (rank_reason: string, isSo: Rule['isSo']): Rule => ({
  rank: 'made_here',
  rank_reason,
  isSo,
});
const installed = (rank_reason: string, isSo: Rule['isSo']): Rule => ({
  rank: 'installed',
  rank_reason,
  isSo,
});

/** Names of what every Debian, Fedora, Arch or SUSE runs for its own sake. */
const OF_THE_SYSTEM =
  /^(accounts-daemon|alsa-\w+|apparmor|apt-daily.*|auditd|blk-availability|bolt|chrony-wait|cloud-\w+|colord|console-\w+|dbus(-broker)?|dm-event|dmraid.*|dracut-.*|e2scrub.*|emergency|firewalld|fstrim|fwupd.*|getty|grub-.*|ifup|initrd-.*|irqbalance|iscsi\w*|keyboard-setup|kmod.*|ldconfig|lightdm|logrotate|lvm2-.*|man-db|mdmonitor|ModemManager|modprobe|motd-news|multipathd|networkd-dispatcher|NetworkManager.*|networking|nftables|ntpd?|ondemand|packagekit.*|plymouth.*|polkit.*|pollinate|power-profiles-daemon|quotaon|rc-local|rescue|rpcbind|rtkit-daemon|secureboot-db|serial-getty|autovt|container-getty|snapd.*|ssh@.*|sshd-keygen|syslog|rsyslog|rtkit.*|tuned|ua-.*|ubuntu-\w+|udisks2|unattended-upgrades|update-notifier.*|upower|user|user-runtime-dir|uuidd|wpa_supplicant|x11-common)(@.*)?\.service$/;
const NOT_STARTED_BY_ITSELF = new Set([
  'static',
  'disabled',
  'indirect',
  'alias',
  'masked',
  'masked-runtime',
  'generated',
]);
const PUT_THERE_BY_A_PERSON = /^\/(etc|usr\/local)\/(.*\/)?systemd\//;

/** The first rule that holds decides. A new one is one line. */
const RULES: readonly Rule[] = [
  background(
    'not on this server',
    (_, { load_state }) => load_state === 'not-found' || load_state === 'masked',
  ),
  background("HomelabCmd's own", (unit) => unit.startsWith('homelabcmd-')),
  background('part of systemd', (unit) => unit.startsWith('systemd-')),
  background('part of the system', (unit) => OF_THE_SYSTEM.test(unit)),
  background('one-shot: it ends by itself', (_, { unit_type }) => unit_type === 'oneshot'),
  madeHere('set up on this server', (_, { unit_file }) => PUT_THERE_BY_A_PERSON.test(unit_file ?? '')),
  background(
    'started only when something asks for it',
    (_, { unit_file_state, status }) =>
      NOT_STARTED_BY_ITSELF.has(unit_file_state ?? '') && status === 'stopped',
  ),
  installed('starts at boot', (_, { unit_file_state }) => unit_file_state?.startsWith('enabled') === true),
  installed('it failed', (_, { status }) => status === 'failed'),
  installed('runs now', (_, { status }) => status !== 'stopped'),
];

const REST: Rank = { rank: 'background', rank_reason: 'not running, and not started at boot' };

/** How likely someone wants a service to run, from what its agent reports of it. */
export function rankOf(service: Seen): Rank {
  const unit = service.target.replace(/^systemd:/, '');
  const rule = RULES.find(({ isSo }) => isSo(unit, service)) ?? REST;
  return { rank: rule.rank, rank_reason: rule.rank_reason };
}

const RANKS = ['made_here', 'installed', 'background'] as const;
const STATUSES = [
  'failed',
  'running',
  'activating',
  'reloading',
  'deactivating',
  'stopped',
  'unknown',
  'not_found',
];

/** The likeliest first; among equals what failed, then what runs, then by name. */
export function byLikelihood(a: DiscoveredService, b: DiscoveredService): number {
  return (
    RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) ||
    STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status) ||
    a.service_name.localeCompare(b.service_name, 'en')
  );
}
