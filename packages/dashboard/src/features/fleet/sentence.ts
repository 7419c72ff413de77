import { plural } from '../../lib/units.ts';
import type { Need } from './needs-you.ts';

export interface Sentence {
  /** `11 of 12 servers healthy.` */
  readonly state: string;
  /** `1 service needs you.` */
  readonly need: string;
}

const NOUNS = { service: 'service', server: 'server', action: 'decision', alert: 'alert' } as const;

/** The line that answers whether all is well. It counts what the list below it shows, and nothing else. */
export function sentenceOf(healthy: number, servers: number, needs: readonly Need[]): Sentence {
  const state = `${healthy} of ${plural(servers, 'server')} healthy.`;
  if (needs.length === 0) return { state, need: 'Nothing needs you.' };
  const kinds = new Set(needs.map((need) => need.kind));
  const [only] = kinds.size === 1 ? kinds : [];
  const noun = only === undefined ? 'thing' : NOUNS[only];
  return { state, need: `${plural(needs.length, noun)} ${needs.length === 1 ? 'needs' : 'need'} you.` };
}
