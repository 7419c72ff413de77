import type { ActionVerb, ServiceReport } from '@homelabcmd/protocol';

/** What the hub decides for one kind of action when it is asked for. */
export interface KindRules {
  /** By which verb, given the state that was seen; `null`: the service was never reported. */
  verbFor(report: ServiceReport | null): ActionVerb;
  /** For people to read; nothing ever runs this text. */
  commandFor(serviceName: string): string;
}
