import { Refusal } from '../lib/refusal.ts';
import { hostOf, isLoopback } from '../lib/net/loopback.ts';

/** How servers reach this hub. */
export interface HubAddress {
  /** What the person who runs the hub has said, base path included; `null`: as the one who asks reaches it. */
  readonly publicUrl: string | null;
  readonly basePath: string;
  /** The address that the hub listens on, and the port that was asked for. */
  readonly host: string;
  readonly port: number;
  /** The proxies before it. */
  readonly trustedProxies: readonly string[];
}

/** Nothing in it means anything to a shell, but for the brackets, which some take for a pattern. */
const PLAIN_ADDRESS = /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/;

/**
 * Where servers reach this hub.
 * @param origin how the one who asks reaches the hub: `http://192.168.1.10:8080`
 * @throws Refusal `bad_request` when that is no plain address
 */
export function urlForServers(address: HubAddress, origin: string): string {
  const asked = address.publicUrl ?? origin + address.basePath;
  // Without encryption agents speak to their own machine alone; elsewhere it is TLS, whoever speaks it for the hub.
  const isElsewhere = URL.canParse(asked) && !isLoopback(hostOf(asked));
  const hub = isElsewhere ? asked.replace(/^http:/, 'https:') : asked;
  if (!PLAIN_ADDRESS.test(hub) || !URL.canParse(hub))
    throw new Refusal(
      'bad_request',
      'The Host of this request is not an address. Set HOMELABCMD_PUBLIC_URL.',
    );
  return hub;
}

/**
 * Whether TLS to this address ends at the hub itself, where it speaks it, and not at a proxy before it. Nobody says so: a
 * proxy that is listed has a port of its own.
 */
export function endsAtHub(hub: string, { port, trustedProxies }: HubAddress): boolean {
  const { protocol, port: given } = new URL(hub);
  if (protocol !== 'https:') return false;
  return trustedProxies.length === 0 || Number(given || 443) === port;
}

/**
 * The line to paste on a server, and what stands in its way. The token goes into the script's own text, by an `echo` that
 * is part of the shell, so that it is in no address and in no list of processes.
 * @param hub what `urlForServers` says
 * @param keyPin of the hub's certificate, where servers do not know its authority: `sha256//…`. It stands in the place of the check
 *   against the authorities that the server knows, and is stricter.
 */
export function installLine(
  address: HubAddress,
  hub: string,
  token: string,
  keyPin: string | null,
): { command: string; warning: string | null } {
  const script = quoted(`${hub}/agent/v1/install.sh`);
  const pin = keyPin === null ? '' : ` --pin ${keyPin}`;
  // What is put after the line (`-s -- --yes`) is for the installer too.
  const settings = `echo 'set -- --hub ${hub} --token ${token}${pin} "$@"'`;
  const curl = keyPin === null ? 'curl -fsS' : `curl -fsSk --pinnedpubkey ${keyPin}`;
  const wget = keyPin === null ? 'wget -nv' : `wget -nv --no-check-certificate --pinnedpubkey=${keyPin}`;
  const command = `{ ${settings}; ${curl} ${script} || ${wget} -O- ${script}; } | $([ $(id -u) = 0 ] || echo sudo) sh`;
  return { command, warning: warningOf(new URL(hub), address) };
}

const quoted = (url: string): string => (url.includes('[') ? `'${url}'` : url);

/** Names and addresses that mean, on each machine, that machine. */
const ITSELF = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/;

function warningOf({ hostname }: URL, { publicUrl, host }: HubAddress): string | null {
  if (!ITSELF.test(hostname)) return null;
  const only = `This line works only on the machine of the hub: ${hostname} means, on another machine, that machine itself.`;
  if (publicUrl !== null)
    return `${only} Set HOMELABCMD_PUBLIC_URL to an address by which your servers reach the hub.`;
  if (isLoopback(host))
    return `${only} To add others, start the hub with HOMELABCMD_HOST=0.0.0.0, open it by its name or address in your network, and make the line there; or set HOMELABCMD_PUBLIC_URL to an address by which your servers reach it.`;
  return `${only} Open the hub by its name or address in your network, and make the line there; or set HOMELABCMD_PUBLIC_URL to an address by which your servers reach it.`;
}
