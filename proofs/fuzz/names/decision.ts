import { ALLOW_TEXT, LOCKOUT_TEXT } from './lists.ts';

/**
 * What `deploy/restart-service` has to say to a line, written from its description and not from its text: the script is compared with this
 * on every line that it is really given, and the agent's own judgement on all the others.
 */
export type Decision =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'claimed'; readonly says: string }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'runs'; readonly unit: string; readonly verb: string };

const GUARDED = new Set(
  [
    'ssh sshd dropbear NetworkManager networking network netplan ifup ifupdown dhcpcd dhclient wpa_supplicant iwd',
    'connman resolvconf wg-quick wireguard openvpn openvpn-client openvpn-server tailscaled zerotier-one netbird nebula strongswan',
    'strongswan-starter ipsec cloudflared nftables iptables ip6tables netfilter-persistent firewalld ufw dbus polkit',
  ].flatMap((line) => line.split(' ')),
);
const GUARDED_BEGINNINGS = [
  'systemd-',
  'homelabcmd-',
  'user@',
  'user-runtime-dir@',
  'getty@',
  'serial-getty@',
];
const VERBS = new Set(['restart', 'reset-and-restart', 'fence']);

const linesOf = (text: string): ReadonlySet<string> =>
  new Set(text.split('\n').map((line) => Buffer.from(line).toString('latin1')));
const ALLOWED = linesOf(ALLOW_TEXT);
const LOCKOUT = linesOf(LOCKOUT_TEXT);

/** Whether root's lists let this unit be restarted; each byte of the name is one character. */
export function codeOfUnit(unit: string): string | null {
  const isName =
    /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/.test(unit) && unit.endsWith('.service') && unit !== '.service';
  if (!isName || unit.length > 255) return 'invalid_unit_name';
  if (!ALLOWED.has(unit)) return 'not_allowed';
  return isGuarded(unit) && !LOCKOUT.has(unit) ? 'lockout_guard' : null;
}

function isGuarded(unit: string): boolean {
  if (GUARDED_BEGINNINGS.some((beginning) => unit.startsWith(beginning))) return true;
  const stem = unit.slice(0, -'.service'.length);
  // Up to the first sign that begins another part, wherever that is: `wg-quick@wg0` is `wg-quick`, and `ssh-agent` is `ssh`.
  for (let at = 0; at <= stem.length; at += 1)
    if ((at === stem.length || stem[at] === '-' || stem[at] === '@') && GUARDED.has(stem.slice(0, at)))
      return true;
  return false;
}

/** The script's memory is its folder of claims: what became of each order. */
export class ScriptModel {
  readonly #claims = new Map<string, string>();

  /** @param line the bytes that were sent, until the sender had no more */
  decide(line: Buffer): Decision {
    const refused = (code: string): Decision => ({ kind: 'refused', code });
    const end = line.indexOf('\n');
    if (end < 0) return refused('bad_order');
    // A shell's `read` passes NUL over, and parts at blanks; what is left after the third word is one more.
    const text = line
      .toString('latin1', 0, end)
      .replaceAll('\0', '')
      .replaceAll(/^ +| +$/g, '');
    const [verb = '', id = '', unit = '', ...rest] = text.split(/ +/);
    if (!VERBS.has(verb) || !/^[0-9a-f-]{36}$/.test(id) || rest.length > 0) return refused('bad_order');
    const claimed = this.#claims.get(id);
    if (claimed !== undefined) return { kind: 'claimed', says: claimed };
    if (verb === 'fence') {
      this.#claims.set(id, 'fenced');
      return { kind: 'fenced' };
    }
    const code = codeOfUnit(unit);
    if (code !== null) return refused(code);
    this.#claims.set(id, `done ${exitCodeOf(unit)}`);
    return { kind: 'runs', unit, verb };
  }
}

/** How systemctl ends here, in which one service never starts. */
const exitCodeOf = (unit: string): number => (unit === 'fails.service' ? 3 : 0);

/** What it says, line by line. */
export function saidBy(decision: Decision): string {
  switch (decision.kind) {
    case 'refused':
      return `refused ${decision.code}\n`;
    case 'claimed':
      return `${decision.says}\n`;
    case 'fenced':
      return 'fenced\n';
    case 'runs':
      return `started\ndone ${exitCodeOf(decision.unit)}\n`;
  }
}

/** What systemctl is asked for. */
export function askedBy(decision: Decision): string[][] {
  if (decision.kind !== 'runs') return [];
  const { unit, verb } = decision;
  const order = (what: string) => ['--no-ask-password', what, '--', unit];
  return verb === 'reset-and-restart' ? [order('reset-failed'), order('restart')] : [order('restart')];
}
