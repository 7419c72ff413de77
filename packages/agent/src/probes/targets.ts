import { BlockList, isIP } from 'node:net';
import { later } from '../later.ts';
import type { AllowList } from '../services/rules/allow-file.ts';
import { type ProbeTarget, textOf } from './answer.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Where clouds tell a machine its own secrets. */
const METADATA = new BlockList();
for (const address of ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16'])
  METADATA.addAddress(address);
METADATA.addAddress('fd00:ec2::254', 'ipv6');

const isMetadata = (address: string): boolean =>
  METADATA.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

export const isLoopback = (address: string): boolean =>
  LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Whoever reads the command below pastes it as root: nothing but a plain name may be in it. */
const PLAIN_HOST = /^[a-z0-9._:-]+$/;

/** This server does not let the target be probed; the message says what to do. */
export class NotAllowed extends Error {}

/**
 * The addresses of a target that this server lets be probed, in the order of the resolver: those of this machine's
 * loopback, and all that the root-owned file lists, as `host` or `host:port`. The address that was judged is the one
 * that is connected to, so a name that changes its meaning in between changes nothing. A name that is listed does not open the way to
 * where a machine is told its own secrets, whatever it comes to mean: that address has to be listed itself.
 * @throws NotAllowed; the resolver's error when the name has no address
 */
export async function permittedAddresses(
  target: ProbeTarget,
  list: AllowList,
  lookUp: LookUp = bySystem,
): Promise<string[]> {
  const addresses = await resolve(target.host, lookUp);
  const names = (host: string) => list.lines.has(host) || list.lines.has(textOf({ ...target, host }));
  const permitted = names(target.host)
    ? addresses.filter((one) => !isMetadata(one) || names(one))
    : addresses.filter((one) => isLoopback(one));
  if (permitted.length === 0) throw new NotAllowed(refusal(target, list));
  return permitted;
}

/** The addresses of a name. */
export type LookUp = (host: string) => Promise<string[]>;

const bySystem: LookUp = async (host) =>
  (await later.dns.lookup(host, { all: true })).map(({ address }) => address);

/** A resolver that hangs is asked once for each name, however often somebody wants to know. */
const lookups = new Map<string, Promise<string[]>>();

function resolve(host: string, lookUp: LookUp): Promise<string[]> {
  if (isIP(host) !== 0) return Promise.resolve([host]);
  const underWay = lookups.get(host);
  if (underWay !== undefined) return underWay;
  const answer = lookUp(host).finally(() => lookups.delete(host));
  lookups.set(host, answer);
  return answer;
}

/** Why a target is not permitted, as a sentence with the way out. */
export function refusal(target: ProbeTarget, list: AllowList): string {
  if (list.problem !== null)
    return `${list.problem}${list.fixCommand === null ? '' : ` On this server, type: ${list.fixCommand}`}`;
  if (!PLAIN_HOST.test(target.host))
    return 'This server allows probes of itself only, and the name of this host cannot be allowed.';
  return `This server allows probes of itself only. To allow this one, type there: echo '${textOf(target)}' | sudo tee -a ${list.path}`;
}
