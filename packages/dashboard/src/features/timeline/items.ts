import type { TimelineEntry } from '@homelabcmd/protocol';
import { exactSpan } from '../../lib/time-words.ts';
import { ENTRY_KINDS } from './kinds/registry.ts';

/** What stands beside each other in the list: one entry, or several of a kind that joins them. */
export interface Item {
  readonly entries: readonly [TimelineEntry, ...TimelineEntry[]];
  /** The first one at or after the moment that the page is about. */
  readonly isMoment: boolean;
}

export function itemsOf(entries: readonly TimelineEntry[], momentMs: number): readonly Item[] {
  const items: { entries: [TimelineEntry, ...TimelineEntry[]]; isMoment: boolean }[] = [];
  let hasMoment = false;
  for (const entry of entries) {
    const isMoment: boolean = !hasMoment && Date.parse(entry.at) >= momentMs;
    hasMoment ||= isMoment;
    const last = items.at(-1);
    if (
      !isMoment &&
      last !== undefined &&
      last.entries[0].kind === entry.kind &&
      ENTRY_KINDS[entry.kind].isJoined
    )
      last.entries.push(entry);
    else items.push({ entries: [entry], isMoment });
  }
  return items;
}

/** How long before or after the moment: `+ 2.771 s`, `− 5 min 3.100 s`. */
export function fromMoment(at: string, momentMs: number): string {
  const ms = Date.parse(at) - momentMs;
  if (ms === 0) return 'the moment';
  return `${ms < 0 ? '−' : '+'} ${exactSpan(Math.abs(ms))}`;
}
