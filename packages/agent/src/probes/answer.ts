import type { Probe } from '@homelabcmd/protocol';

/** What came of one question. A `detail` is a sentence that stays the same while the matter does: no times, no body. */
export interface Answer {
  kind: 'answer' | 'failure' | 'not_allowed';
  detail: string;
}

/** Where a probe is asked. */
export interface ProbeTarget {
  /** Lower case; an IPv6 address without brackets. */
  host: string;
  port: number;
}

export function targetOf(probe: Probe): ProbeTarget {
  switch (probe.kind) {
    case 'tcp':
      return { host: probe.host.toLowerCase(), port: probe.port };
    case 'http': {
      const { protocol, hostname, port } = new URL(probe.url);
      const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
      return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
    }
  }
}

/** `nas.lan:80`, `[fd00::1]:80`: as people write it, and as a line of the file of targets names it. */
export const textOf = ({ host, port }: ProbeTarget): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** It answered, and not as it should; the message is the sentence for people. */
export class WrongAnswer extends Error {}
