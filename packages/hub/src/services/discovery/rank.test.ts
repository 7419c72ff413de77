import { expect, test } from 'vitest';
import { rankOf } from './rank.ts';

type Seen = Parameters<typeof rankOf>[0];

/** A unit as a Debian 12 with a package's service shows it: loaded, enabled, running. */
const unit = (name: string, change: Partial<Seen> = {}): Seen => ({
  target: `systemd:${name}.service`,
  load_state: 'loaded',
  status: 'running',
  unit_type: 'simple',
  unit_file: `/lib/systemd/system/${name}.service`,
  unit_file_state: 'enabled',
  ...change,
});

const STOPPED = { status: 'stopped' } as const;
const here = (name: string) => ({ unit_file: `/etc/systemd/system/${name}.service` });

test.each<[string, Partial<Seen>, string, string]>([
  ['plex', here('plex'), 'made_here', 'set up on this server'],
  [
    'plex',
    { ...here('plex'), ...STOPPED, unit_file_state: 'disabled' },
    'made_here',
    'set up on this server',
  ],
  ['plex', { ...here('plex'), status: 'failed' }, 'made_here', 'set up on this server'],
  ['app', { unit_file: '/usr/local/lib/systemd/system/app.service' }, 'made_here', 'set up on this server'],
  ['app@blue', { unit_file: '/etc/systemd/system/app@.service' }, 'made_here', 'set up on this server'],
  [
    'old',
    { unit_file: '/run/systemd/generator.late/old.service', unit_file_state: 'generated' },
    'installed',
    'runs now',
  ],
  [
    'web',
    { unit_file: '/run/systemd/generator/web.service', unit_file_state: 'generated' },
    'installed',
    'runs now',
  ],
  ['ssh', {}, 'installed', 'starts at boot'],
  ['cron', {}, 'installed', 'starts at boot'],
  ['docker', { unit_type: 'notify' }, 'installed', 'starts at boot'],
  ['nginx', { unit_type: 'forking' }, 'installed', 'starts at boot'],
  ['smbd', { ...STOPPED }, 'installed', 'starts at boot'],
  ['postgresql@15-main', { unit_file_state: 'enabled-runtime' }, 'installed', 'starts at boot'],
  ['jellyfin', { unit_file_state: 'disabled', status: 'failed' }, 'installed', 'it failed'],
  ['jellyfin', { unit_file_state: 'disabled' }, 'installed', 'runs now'],
  [
    'jellyfin',
    { unit_file_state: 'disabled', ...STOPPED },
    'background',
    'started only when something asks for it',
  ],
  [
    'bluetooth',
    { unit_file_state: 'static', ...STOPPED },
    'background',
    'started only when something asks for it',
  ],
  ['thing', { unit_file_state: '', ...STOPPED }, 'background', 'not running, and not started at boot'],
  ['dbus', { unit_file_state: 'static' }, 'background', 'part of the system'],
  ['getty@tty1', {}, 'background', 'part of the system'],
  ['serial-getty@ttyS0', {}, 'background', 'part of the system'],
  ['getty@tty1', { unit_file: '/etc/systemd/system/getty@.service' }, 'background', 'part of the system'],
  ['user@1000', { unit_file_state: 'static' }, 'background', 'part of the system'],
  ['unattended-upgrades', {}, 'background', 'part of the system'],
  ['NetworkManager-wait-online', { unit_type: 'oneshot' }, 'background', 'part of the system'],
  ['snapd.apparmor', { unit_type: 'oneshot' }, 'background', 'part of the system'],
  ['ssh@0-192.0.2.7:22-192.0.2.9:50000', { unit_file_state: 'static' }, 'background', 'part of the system'],
  ['wpa_supplicant', {}, 'background', 'part of the system'],
  ['systemd-journald', { unit_file_state: 'static' }, 'background', 'part of systemd'],
  ['systemd-fsck@dev-sda1', {}, 'background', 'part of systemd'],
  ['homelabcmd-agent', here('homelabcmd-agent'), 'background', "HomelabCmd's own"],
  [
    'backup',
    { ...here('backup'), unit_type: 'oneshot', ...STOPPED },
    'background',
    'one-shot: it ends by itself',
  ],
  ['cloud-init-local', { unit_type: 'oneshot' }, 'background', 'one-shot: it ends by itself'],
  ['gone', { load_state: 'not-found', status: 'not_found' }, 'background', 'not on this server'],
  [
    'shut',
    { load_state: 'masked', unit_file_state: 'masked', ...here('shut') },
    'background',
    'not on this server',
  ],
])('%s %j is %s: %s', (name, change, rank, rank_reason) => {
  expect(rankOf(unit(name, change))).toEqual({ rank, rank_reason });
});

test.each(['dbus-monitor-of-mine', 'getty-web', 'my-systemd-thing', 'userland', 'networking-bot', 'tunedin'])(
  'a name that only begins like one of the system is not of the system: %s',
  (name) => {
    expect(rankOf(unit(name)).rank).toBe('installed');
  },
);
