import type { TimelineEntry, TimelineKind } from '@homelabcmd/protocol';
import { useMemo } from 'react';
import { clockMs } from '../../lib/time-words.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';
import { At } from '../../ui/time.tsx';
import { type Item, fromMoment, itemsOf } from './items.ts';
import type { EntryKind } from './kinds/kind.ts';
import { ENTRY_KINDS } from './kinds/registry.ts';

interface TimelineListProps {
  readonly serverId: string;
  readonly momentMs: number;
  readonly entries: readonly TimelineEntry[];
}

/** What happened, oldest first, each with how long before or after the moment it was. */
export function TimelineList({ serverId, momentMs, entries }: TimelineListProps) {
  const items = useMemo(() => itemsOf(entries, momentMs), [entries, momentMs]);
  return (
    <ol className="moments" aria-label="What happened, oldest first">
      {items.map((item) => (
        <ItemRow
          key={`${item.entries[0].kind} ${item.entries[0].at} ${JSON.stringify(item.entries[0])}`}
          serverId={serverId}
          momentMs={momentMs}
          item={item}
        />
      ))}
    </ol>
  );
}

function ItemRow({ serverId, momentMs, item }: { serverId: string; momentMs: number; item: Item }) {
  const [first] = item.entries;
  // Each entry meets the kind that it is of.
  const { look, Words } = ENTRY_KINDS[first.kind] as unknown as EntryKind<TimelineKind>;
  return (
    <li data-kind={first.kind} data-moment={item.isMoment || undefined}>
      <Glyph look={look(first)} />
      <div className="moment-words">
        <Words entries={item.entries} serverId={serverId} />
      </div>
      <p className="moment-at">
        <span className="mono small">
          <At at={first.at} of={clockMs} />
        </span>
        <span className="plus">{fromMoment(first.at, momentMs)}</span>
      </p>
    </li>
  );
}
