import type {
  Alert,
  AlertKind,
  AlertRuleSettings,
  AlertStoryEntry,
  EventType,
  Liveness,
  Silence,
} from '@homelabcmd/protocol';

/** What a rule finds of a subject, as long as it holds. */
export interface Condition {
  readonly sinceMs: number;
  /** The subject's own time before anybody is told, beside that of the rule. */
  readonly graceMs: number;
  readonly isCritical: boolean;
  readonly title: string;
  readonly detail: string | null;
  readonly lines: readonly string[];
  /** Of a reading: the newest that the store knows. */
  readonly value: number | null;
  readonly actionId: number | null;
  /** It ends by itself then; `null`: whoever found it says when. */
  readonly untilMs: number | null;
}

/** An alert that is open, and what is known of it beyond what pages are shown. */
export interface OpenAlert {
  readonly alert: Alert;
  /** When people were first told; `null`: nobody was. */
  readonly toldMs: number | null;
  readonly remindedMs: number | null;
  /** The silence that holds it back; `maintenance`; or nothing does. */
  readonly silencedBy: number | 'maintenance' | null;
  /** How long its story is. */
  readonly lines: number;
}

/** One kind of thing about one service, disk, server or job: its condition, and the alert that came of it. */
export interface Subject {
  readonly kind: AlertKind;
  readonly serverId: string | null;
  /** By which it is found again: a target, a mount, the number of a job; empty for a server as a whole. */
  readonly id: string;
  /** As people are shown it. */
  readonly label: string | null;
  readonly condition: Condition | null;
  readonly open: OpenAlert | null;
  /** While it flaps: since when the condition is away. */
  readonly awayMs: number | null;
  /** When people were told of it lately, oldest first. */
  readonly firedMs: readonly number[];
}

export interface ServerMemory {
  readonly serverId: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly liveness: Liveness;
  readonly maintenance: { on: boolean; until: string | null; reason: string | null; by: string };
  readonly bootId: string | null;
  readonly cpuCount: number | null;
  /** Since when it is offline. */
  readonly offlineMs: number | null;
  /** Until then what was found there may be about to pass: it has just come back, or booted. */
  readonly settlesMs: number;
  /** Not heard from since the hub began. */
  readonly isAwaited: boolean;
  /** It is one of those that the present change of the fleet is about. */
  readonly isMember: boolean;
}

export interface JobMemory {
  readonly jobId: number;
  readonly name: string;
  readonly kind: 'backup' | 'job';
  readonly everyMs: number;
  readonly graceMs: number;
  readonly tokenDigest: string;
  readonly lastPingMs: number | null;
  readonly lastFailure: string | null;
  readonly createdMs: number;
  readonly createdBy: string;
}

/** One of it. */
export interface FleetMemory {
  readonly lastAlertId: number;
  readonly lastSilenceId: number;
  readonly lastJobId: number;
  /** Up to when time has passed, at the last commit. */
  readonly nowMs: number;
  /** When the hub began. */
  readonly startedMs: number;
  /** When a server went or came back last, of those that the change of the fleet is about. */
  readonly movedMs: number;
}

export type RuleChange = {
  readonly settings: AlertRuleSettings;
  readonly changedAt: string;
  readonly changedBy: string;
};
export type SilenceMemory = Omit<Silence, 'held_back'>;

/** All that the evaluation knows. */
export interface Memory {
  readonly subjects: Map<string, Subject>;
  readonly servers: Map<string, ServerMemory>;
  readonly silences: Map<string, SilenceMemory>;
  readonly rules: Map<string, RuleChange>;
  readonly jobs: Map<string, JobMemory>;
  readonly fleet: Map<string, FleetMemory>;
}
export type Part = keyof Memory;
type Value<P extends Part> = Memory[P] extends Map<string, infer V> ? V : never;

const PARTS = ['subjects', 'servers', 'silences', 'rules', 'jobs', 'fleet'] as const;

export const emptyMemory = (): Memory => ({
  ...{ subjects: new Map(), servers: new Map(), silences: new Map() },
  ...{ rules: new Map(), jobs: new Map(), fleet: new Map() },
});

type AlertEvent = Exclude<Extract<EventType, `alert.${string}`>, 'alert.forgotten'>;
export type StoryLine = Omit<AlertStoryEntry, 'event_id'> & {
  /** `null`: the event that is written with it. */
  readonly event_id: number | null;
  readonly alertId: number;
  readonly n: number;
};

export type LateLine = Omit<StoryLine, 'n' | 'event_id'> & { readonly event_id: number };

/** What is to be told, in order. */
export type Told =
  | { readonly type: AlertEvent; readonly key: string; readonly alert: Alert; readonly actor: string }
  | { readonly type: 'alert.forgotten'; readonly alert: Alert }
  | { readonly type: 'silence.created'; readonly silence: SilenceMemory; readonly actor: string }
  | { readonly type: 'silence.ended'; readonly silenceId: number; readonly actor: string };

const NO_FLEET: FleetMemory = {
  ...{ lastAlertId: 0, lastSilenceId: 0, lastJobId: 0 },
  ...{ nowMs: 0, startedMs: 0, movedMs: 0 },
};

/** Changes of a memory that have yet to be committed: the memory stays as it is until then. */
export class Draft {
  readonly base: Memory;
  readonly changed = {
    ...{ subjects: new Map(), servers: new Map(), silences: new Map() },
    ...{ rules: new Map(), jobs: new Map(), fleet: new Map() },
  } as { [P in Part]: Map<string, Value<P> | null> };
  readonly told: Told[] = [];
  readonly story: StoryLine[] = [];
  /** Of alerts that are over, whose story goes on all the same. */
  readonly late: LateLine[] = [];
  /** Servers that are gone, with the newest alert that may have been of them. */
  readonly gone = new Map<string, number>();
  /** The newest readings: they are not kept, so they are no change. */
  readonly readings: Map<string, number>;

  constructor(base: Memory, readings: Map<string, number> = new Map()) {
    this.base = base;
    this.readings = readings;
  }

  get<P extends Part>(part: P, key: string): Value<P> | null {
    const changed = this.changed[part].get(key) as Value<P> | null | undefined;
    if (changed !== undefined) return changed;
    return (this.base[part].get(key) as Value<P> | undefined) ?? null;
  }

  put<P extends Part>(part: P, key: string, value: Value<P> | null): void {
    if (this.get(part, key) === value) return;
    (this.changed[part] as Map<string, Value<P> | null>).set(key, value);
  }

  all<P extends Part>(part: P): [string, Value<P>][] {
    const changed = this.changed[part] as Map<string, Value<P> | null>;
    const base = this.base[part] as Map<string, Value<P>>;
    const kept = [...base].filter(([key]) => !changed.has(key));
    const added = [...changed].flatMap(([key, value]): [string, Value<P>][] =>
      value === null ? [] : [[key, value]],
    );
    return [...kept, ...added];
  }

  get fleet(): FleetMemory {
    return this.get('fleet', 'fleet') ?? NO_FLEET;
  }

  setFleet(change: Partial<FleetMemory>): void {
    this.put('fleet', 'fleet', { ...this.fleet, ...change });
  }

  get isEmpty(): boolean {
    return (
      this.told.length === 0 &&
      this.story.length === 0 &&
      this.late.length === 0 &&
      PARTS.every((p) => this.changed[p].size === 0)
    );
  }

  /** Call it after the commit. */
  keep(): void {
    for (const part of PARTS)
      for (const [key, value] of this.changed[part]) {
        const base = this.base[part] as Map<string, unknown>;
        if (value === null) base.delete(key);
        else base.set(key, value);
      }
  }
}
