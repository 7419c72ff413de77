import { Refusal } from '../lib/refusal.ts';

/** How servers reach this hub. */
export interface HubAddress {
  /** What the person who runs the hub has said, base path included; `null`: as the one who asks reaches it. */
  readonly publicUrl: string | null;
  readonly basePath: string;
  /** The address that the hub listens on. */
  readonly host: string;
}

/** Nothing in it means anything to a shell, but for the brackets, which some take for a pattern. */
const PLAIN_ADDRESS = /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/;

/**
 * Where servers reach this hub.
 * @param origin how the one who asks reaches the hub: `http://192.168.1.10:8080`
 * @throws Refusal `bad_request` when that is no plain address
 */
export function urlForServers(address: HubAddress, origin: string): string {
  const hub = address.publicUrl ?? origin + address.basePath;
  if (!PLAIN_ADDRESS.test(hub) || !URL.canParse(hub))
    throw new Refusal(
      'bad_request',
      'The Host of this request is not an address. Set HOMELABCMD_PUBLIC_URL.',
    );
  return hub;
}

/**
 * The line to paste on a server, and what stands in its way. The token goes into the script's own text, by an `echo` that
 * is part of the shell, so that it is in no address and in no list of processes.
 * @param hub what `urlForServers` says
 */
export function installLine(
  address: HubAddress,
  hub: string,
  token: string,
): { command: string; warning: string | null } {
  const script = quoted(`${hub}/agent/v1/install.sh`);
  const settings = `echo 'set -- --hub ${hub} --token ${token}'`;
  const command = `{ ${settings}; curl -fsS ${script} || wget -nv -O- ${script}; } | $([ $(id -u) = 0 ] || echo sudo) sh`;
  return { command, warning: warningOf(new URL(hub), address) };
}

const quoted = (url: string): string => (url.includes('[') ? `'${url}'` : url);

/** Names and addresses that mean, on each machine, that machine. */
const ITSELF = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/;
const LISTENS_TO_ITSELF = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

function warningOf({ hostname }: URL, { publicUrl, host }: HubAddress): string | null {
  if (!ITSELF.test(hostname)) return null;
  const only = `This line works only on the machine of the hub: ${hostname} means, on another machine, that machine itself.`;
  if (publicUrl !== null)
    return `${only} Set HOMELABCMD_PUBLIC_URL to an address by which your servers reach the hub.`;
  if (LISTENS_TO_ITSELF.test(host))
    return `${only} To add others, start the hub with HOMELABCMD_HOST=0.0.0.0, open it by its name or address in your network, and make the line there; or set HOMELABCMD_PUBLIC_URL to an address by which your servers reach it.`;
  return `${only} Open the hub by its name or address in your network, and make the line there; or set HOMELABCMD_PUBLIC_URL to an address by which your servers reach it.`;
}
