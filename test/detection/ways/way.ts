import type { Finding } from '@homelabcmd/protocol';
import type { LabServer } from '../../../lab/index.ts';
import { unitText } from '../units.ts';

/** One way in which a service dies, is not there, or is well though it may not look so. */
export interface Way {
  readonly name: string;
  /** What somebody expects. */
  readonly service: string;
  readonly units: Readonly<Record<string, string>>;
  readonly isNow: Finding;
  /** What the sentence for people says. */
  readonly says?: RegExp;
  /** HTTP is asked at this port; `host` where it is not this machine's own. */
  readonly probe?: { port: number; host?: string };
  /** What happens to it. */
  readonly happens: (at: Hands) => Promise<unknown>;
}

export interface Hands {
  readonly server: LabServer;
  ctl(...words: string[]): Promise<unknown>;
  sh(line: string): Promise<unknown>;
  /** Waits until the hub has said this of the service. */
  seen(finding: Finding): Promise<void>;
}

const start = (unit: string) => (at: Hands) => at.ctl('start', '--no-block', unit);
/** It runs, the hub has seen that, and then this happens. */
export const after = (unit: string, then: (at: Hands) => Promise<unknown>) => async (at: Hands) => {
  await at.ctl('start', unit);
  await at.seen('running');
  await then(at);
};
export const kill = (unit: string, signal: string) => (at: Hands) =>
  at.ctl('kill', `--signal=${signal}`, '--kill-whom=main', unit);

export const simple = (
  [name, service, isNow]: readonly [string, string, Finding],
  lines: readonly string[],
  happens: Way['happens'] = start(`${service}.service`),
  says?: RegExp,
): Way => ({
  ...{ name, service, isNow, happens, units: { [`${service}.service`]: unitText(lines) } },
  ...(says === undefined ? {} : { says }),
});
