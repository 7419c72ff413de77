import type { TimelineEntry, TimelineKind } from '@homelabcmd/protocol';
import type { StoredEvent } from '../../events/log.ts';
import type { Store } from '../../store/schema.ts';
import type { Span } from '../span.ts';

/** What a time line is asked about. */
export interface About extends Span {
  readonly db: Store;
  readonly serverId: string;
  /** `null`: every service of the server. */
  readonly target: string | null;
  /** The events of the server in this time, oldest first. */
  readonly events: readonly StoredEvent[];
  /** So many entries of one kind at most. */
  readonly most: number;
}

type OfKind<K extends TimelineKind> = Extract<TimelineEntry, { kind: K }>;

/** Reads the entries of one kind. It may give one more than `most`: then something is left out. */
export type ReadKind<K extends TimelineKind> = (about: About) => Promise<readonly OfKind<K>[]>;
