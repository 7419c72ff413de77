import type { AlertKind, AlertRule, AlertRuleSettings, MetricSample } from '@homelabcmd/protocol';
import type { Fact } from '../core/facts.ts';
import type { Draft, ServerMemory } from '../core/memory.ts';
import type { Finding } from '../core/subject.ts';

export interface Reading {
  /** The disk or sensor; `null` for the server as a whole. */
  readonly subject: string | null;
  readonly value: number;
}

/** How one kind of alert comes and goes. */
export interface Rule<K extends AlertKind = AlertKind> {
  readonly kind: K;
  /** What it watches, in a sentence. */
  readonly summary: string;
  readonly unit: AlertRule['unit'];
  readonly defaults: AlertRuleSettings;
  /** What a fact says of its subjects; what it says nothing of stays as it was. */
  find?(fact: Fact, draft: Draft): readonly Finding[];
  /** What a sample says of a server; where nothing could be read, nothing is said. */
  read?(sample: MetricSample, server: ServerMemory): readonly Reading[];
  /** Of a reading: in words. */
  words?(server: string, subject: string | null, value: number): string;
  /** Whether a smaller reading is the worse one. */
  readonly isWorseBelow?: boolean;
}

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** What holds of a rule where it says nothing else. */
export const SETTINGS: AlertRuleSettings = {
  ...{ enabled: true, severity: 'warning', severity_if_critical: null, limit: null, clears_at: null },
  ...{ for_ms: 0, repeat_ms: 24 * HOUR_MS, escalate_ms: null },
};
export const minutes = (count: number): number => count * MINUTE_MS;
