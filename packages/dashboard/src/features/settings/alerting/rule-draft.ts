import { type AlertRule, AlertRuleSettings } from '@homelabcmd/protocol';
import { durationOf, durationWords } from '../../../lib/duration.ts';

/** The settings of a rule as they stand in a form: what is typed, not yet read. */
export interface RuleDraft {
  readonly severity: AlertRuleSettings['severity'];
  readonly severityIfCritical: AlertRuleSettings['severity_if_critical'];
  readonly limit: string;
  readonly clearsAt: string;
  readonly held: string;
  readonly repeat: string;
  readonly escalate: string;
}

const numberWords = (value: number | null): string => (value === null ? '' : String(value));
const lengthWords = (ms: number | null): string => (ms === null ? '' : durationWords(ms));

export const draftOf = (settings: AlertRuleSettings): RuleDraft => ({
  severity: settings.severity,
  severityIfCritical: settings.severity_if_critical,
  limit: numberWords(settings.limit),
  clearsAt: numberWords(settings.clears_at),
  held: durationWords(settings.for_ms),
  repeat: lengthWords(settings.repeat_ms),
  escalate: lengthWords(settings.escalate_ms),
});

export type RuleErrors = Partial<Record<'limit' | 'clearsAt' | 'held' | 'repeat' | 'escalate', string>>;

const FIELDS: Readonly<Record<string, keyof RuleErrors>> = {
  limit: 'limit',
  clears_at: 'clearsAt',
  for_ms: 'held',
  repeat_ms: 'repeat',
  escalate_ms: 'escalate',
};

/** What is wrong with a value, in words. */
const WORDS: Record<keyof RuleErrors, string> = {
  limit: 'A number above 0, up to 10,000',
  clearsAt: 'A number from 0 to 10,000',
  held: 'A length of time up to a day, such as 2 min',
  repeat: 'A length of time from 1 min to 30 d, such as 4 h, or nothing',
  escalate: 'A length of time from 1 min to 30 d, such as 1 h, or nothing',
};

/** Something that no schema takes, so that what cannot be read is told as not valid. */
const UNREADABLE = Number.NaN;

const numberOf = (text: string): number =>
  text.trim() === '' ? UNREADABLE : Number(text.trim().replace(',', '.'));
const lengthOf = (text: string): number | null =>
  text.trim() === '' ? null : (durationOf(text) ?? UNREADABLE);

type Read = { readonly settings: AlertRuleSettings } | { readonly errors: RuleErrors };

/** The settings that a draft stands for, or what is wrong with it, by the hub's own schema. */
export function readDraft({ settings, defaults }: AlertRule, draft: RuleDraft): Read {
  const read = AlertRuleSettings.safeParse({
    enabled: settings.enabled,
    severity: draft.severity,
    severity_if_critical: draft.severityIfCritical,
    limit: defaults.limit === null ? null : numberOf(draft.limit),
    clears_at: defaults.clears_at === null ? null : numberOf(draft.clearsAt),
    for_ms: lengthOf(draft.held) ?? UNREADABLE,
    repeat_ms: lengthOf(draft.repeat),
    escalate_ms: lengthOf(draft.escalate),
  });
  if (read.success) return { settings: read.data };
  const errors: RuleErrors = {};
  for (const { path } of read.error.issues) {
    const field = FIELDS[String(path[0])];
    if (field !== undefined) errors[field] = WORDS[field];
  }
  return { errors };
}
