import { expect, test } from 'vitest';
import { needsLockoutListing } from '@homelabcmd/protocol';
import { permitOf, restartableOf, type RestartRules } from './restartable.ts';

const list = (path: string, ...units: string[]) => ({
  path,
  lines: new Set(units),
  problem: null,
  fixCommand: null,
});
const rules = (change: Partial<RestartRules> = {}): RestartRules => ({
  hostname: 'media',
  monitorOnly: false,
  allow: list('/etc/homelabcmd/restart-allowed', 'plex.service', 'ssh.service'),
  lockout: list('/etc/homelabcmd/restart-allowed-lockout'),
  executorProblem: null,
  ...change,
});

test('a listed unit may be restarted', () => {
  expect(permitOf('plex.service', rules())).toEqual({ allowed: true });
  expect(restartableOf('plex.service', 'loaded', rules())).toEqual({
    allowed: true,
    reason: '',
    fix_command: null,
  });
});

test('another one may not, with the command that would allow it', () => {
  expect(restartableOf('grafana.service', 'loaded', rules())).toEqual({
    allowed: false,
    reason: 'Its list of services that may be restarted does not name this one.',
    fix_command: 'sudo homelabcmd-agent allow grafana.service',
  });
});

test.each([
  ['what can lock people out', 'dbus.service', {}, 'sudo homelabcmd-agent allow --lockout dbus.service'],
  ['a second listing is missing', 'ssh.service', {}, 'sudo homelabcmd-agent allow --lockout ssh.service'],
  ['a name with a backslash', 'a\\x2db.service', {}, "sudo homelabcmd-agent allow 'a\\x2db.service'"],
  [
    'a list that is elsewhere, of which the command knows nothing',
    'grafana.service',
    { allow: list('/srv/allowed') },
    "echo 'grafana.service' | sudo tee -a /srv/allowed",
  ],
])('the command for %s', (_what, unit, change, command) => {
  expect(restartableOf(unit, 'loaded', rules(change)).fix_command).toBe(command);
});

test.each([
  ['an agent that only watches', 'plex.service', { monitorOnly: true }, 'monitor_only'],
  ['a second listing is missing', 'ssh.service', {}, 'lockout_guard'],
  ['no executor', 'plex.service', { executorProblem: 'It is not installed.' }, 'executor_unavailable'],
])('%s', (_name, unit, change, code) => {
  expect(permitOf(unit, rules(change))).toMatchObject({ allowed: false, code });
});

test('a second listing allows what can lock people out', () => {
  expect(permitOf('ssh.service', rules({ lockout: list('/x', 'ssh.service') }))).toEqual({ allowed: true });
});

test('an untrusted list allows nothing and says why', () => {
  const allow = {
    ...list('/x', 'plex.service'),
    problem: '/x is not trusted.',
    fixCommand: 'sudo chmod 644 /x',
  };
  expect(restartableOf('plex.service', 'loaded', rules({ allow }))).toEqual({
    allowed: false,
    reason: '/x is not trusted.',
    fix_command: 'sudo chmod 644 /x',
  });
});

test('a masked unit says so', () => {
  expect(restartableOf('plex.service', 'masked', rules())).toMatchObject({
    allowed: false,
    fix_command: "sudo systemctl unmask 'plex.service'",
  });
});

test.each([
  ...[
    'ssh',
    'sshd',
    'ssh@1',
    'networking',
    'NetworkManager',
    'NetworkManager-dispatcher',
    'systemd-networkd',
  ],
  ...['wg-quick@wg0', 'openvpn', 'openvpn@home', 'openvpn-client@home', 'tailscaled', 'dbus', 'dbus-broker'],
  ...['homelabcmd-agent', 'user@1000', 'getty@tty1'],
])('%s needs the second listing', (name) => {
  expect(needsLockoutListing(`${name}.service`)).toBe(true);
});

test.each(['plex', 'sshfs-media', 'network-share-indexer', 'nginx', 'my-dbus', 'grafana'])(
  '%s does not',
  (name) => {
    expect(needsLockoutListing(`${name}.service`)).toBe(false);
  },
);
