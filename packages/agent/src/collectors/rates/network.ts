import { readFileSync } from 'node:fs';
import { cut } from '../../text.ts';
import type { Collector } from '../collector.ts';
import { type Counters, rateMeter } from './rate.ts';

/** What machines and containers make for themselves: it shows again what goes through the interfaces that people know. */
const NOT_FOR_PEOPLE =
  /^(?:lo|veth.*|docker\d+|br-[0-9a-f]{12}|virbr\d+.*|vnet\d+|fw(?:br|pr|ln)\d.*|cni\d+|flannel.*|cali.*|cilium_.*|lxc[0-9a-f].*|kube-.*|dummy\d+|ifb\d+|sit\d+|ip6tnl\d+|tunl\d+|gre\d+|gretap\d+|erspan\d+|ip_vti\d+|ip6_vti\d+|ip6gre\d+)$/;
const MAX_INTERFACES = 32;
const RECEIVED = 0;
const SENT = 8;

/** Bytes received and sent since each interface of `/proc/net/dev` is there. */
export function parseNetwork(dev: string): Counters {
  const counters = new Map<string, readonly number[]>();
  for (const line of dev.split('\n')) {
    // A name may hold a colon; what follows the last one are numbers.
    const match = /^ *(\S+): *(\d.*)$/.exec(line);
    const [name, numbers] = [match?.[1], match?.[2]?.trim().split(/ +/).map(Number)];
    if (name === undefined || numbers === undefined || NOT_FOR_PEOPLE.test(name)) continue;
    const [received, sent] = [numbers[RECEIVED], numbers[SENT]];
    if (received === undefined || sent === undefined) throw new Error('/proc/net/dev has other columns');
    if (counters.size < MAX_INTERFACES) counters.set(cut(name, 64), [received, sent]);
  }
  return counters;
}

export function networkCollector(path = '/proc/net/dev'): Collector {
  const rates = rateMeter(() => parseNetwork(readFileSync(path, 'utf8')));
  return {
    name: 'network',
    read: () => ({
      network: [...rates()].map(([name, [received = 0, sent = 0]]) => ({
        interface: name,
        received_bytes_per_second: received,
        sent_bytes_per_second: sent,
      })),
    }),
  };
}
