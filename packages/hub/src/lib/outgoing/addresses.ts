import { BlockList, isIP } from 'node:net';

const listOf = (family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length = ''] = network.split('/');
    list.addSubnet(address, Number(length), family);
  }
  return list;
};

/** What is not on the internet: this machine, private networks, the link, what documents and measurements use, groups. */
const INSIDE = listOf('ipv4', [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]);

/** Only this is the internet of IPv6, but for what is for documents, or has an address of IPv4 inside. */
const INTERNET = listOf('ipv6', ['2000::/3']);
const INSIDE_INTERNET = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Where clouds tell a machine its own secrets. */
const METADATA = new BlockList();
for (const address of ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16'])
  METADATA.addAddress(address);
METADATA.addAddress('fd00:ec2::254', 'ipv6');

const isOn = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Whether an address tells secrets of the machine that asks; written as an IPv4 address within IPv6, too. */
export const isMetadata = (address: string): boolean => isOn(METADATA, address);

/**
 * Whether an address is one of the internet. An address of IPv4 within one of IPv6 (mapped, translated, 6to4, Teredo) is not: no
 * name has one that could not be reached by the plain one, and it is a way round every list.
 */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !isOn(INSIDE, address) && !isMetadata(address);
    case 6:
      return isOn(INTERNET, address) && !isOn(INSIDE_INTERNET, address);
    default:
      return false;
  }
}
