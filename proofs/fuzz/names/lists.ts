/** What root has allowed on the server that is played, and what is only like it. */
const ALLOWED = [
  ...[
    'plex.service',
    'sonarr.service',
    'getty-like@tty1.service',
    'a:b_c.d.service',
    'ssh.service',
    'dbus.service',
  ],
  ...[
    'fsck@dev-disk-by\\x2duuid.service',
    'x.service.service',
    'fails.service',
    'systemd-thing.service',
    '@.service',
  ],
  ...[
    'homelabcmd-agent.service',
    `${'n'.repeat(247)}.service`,
    'A.service',
    '\\.service',
    'tailscaled.service',
  ],
] as const;

/** Lines that allow nothing, since no unit is called so, or since they are not what they seem to be. */
const ODD_LINES = [
  ...[
    '',
    '# plex2.service',
    '#hash.service',
    ' blank.service',
    'after.service ',
    'cr.service\r',
    'glob*',
    'web?.service',
  ],
  ...[
    '-option.service',
    '--version',
    'demo',
    'timed.timer',
    '.service',
    'é.service',
    '$(reboot).service',
    '../up.service',
  ],
  ...[
    `${'o'.repeat(248)}.service`,
    'two words.service',
    'tab\tbed.service',
    'nul\u00e9.service',
    '[a-z].service',
  ],
] as const;

export const ALLOW_TEXT = [...ODD_LINES, ...ALLOWED].join('\n');
/** Of those that can lock people out, one is listed a second time; the last line has no end, as editors leave it. */
export const LOCKOUT_TEXT = [
  '# yes, really',
  'ssh.service',
  'unlisted-too.service',
  'systemd-thing.service',
].join('\n');

export const NAMES_NEAR = [
  ...ALLOWED,
  ...ODD_LINES,
  'nginx.service',
  'sshd.service',
  'user@1000.service',
] as const;
