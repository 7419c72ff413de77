import type { TimelineEntry, TimelineKind } from '@homelabcmd/protocol';
import type { ComponentType } from 'react';
import type { Look } from '../../../ui/glyphs/glyph.tsx';

export type EntryOf<K extends TimelineKind> = Extract<TimelineEntry, { kind: K }>;

interface WordsProps<K extends TimelineKind> {
  /** One, or several that follow each other where the kind joins them. */
  readonly entries: readonly EntryOf<K>[];
  readonly serverId: string;
}

/** How a kind of entry is shown. */
export interface EntryKind<K extends TimelineKind> {
  readonly look: (entry: EntryOf<K>) => Look;
  readonly Words: ComponentType<WordsProps<K>>;
  /** Those that follow each other are one item. */
  readonly isJoined?: true;
}
