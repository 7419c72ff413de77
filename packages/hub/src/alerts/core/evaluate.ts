import type { MetricSample } from '@homelabcmd/protocol';
import { ALL_RULES, settingsOf } from '../rules/registry.ts';
import type { Reading, Rule } from '../rules/rule.ts';
import { nextDue } from './due.ts';
import type { Fact } from './facts.ts';
import type { Draft } from './memory.ts';
import { forgetServer, noteServer } from './fleet/servers.ts';
import { settle } from './settle.ts';
import { noteDeeds } from './story/story.ts';
import { noteTold } from './story/told.ts';
import { CONDITION, keyOf, noteFinding } from './subject.ts';

/**
 * Lets time pass up to a moment: all that was due meanwhile happens in its order and at its own time, however late it is
 * looked at. @param fromMs up to where it has passed already
 */
export function advance(draft: Draft, fromMs: number, toMs: number): void {
  for (let dueMs = nextDue(draft, fromMs); dueMs <= toMs; dueMs = nextDue(draft, dueMs)) settle(draft, dueMs);
}

/** Takes in a fact of the log. */
export function takeFact(draft: Draft, fact: Fact, nowMs: number): void {
  if (fact.type === 'server.deleted') forgetServer(draft, fact.serverId);
  else if (fact.type === 'server.created' || fact.type === 'server.changed') noteServer(draft, fact);
  for (const rule of ALL_RULES)
    for (const finding of rule.find?.(fact, draft) ?? []) noteFinding(draft, finding);
  noteDeeds(draft, fact);
  noteTold(draft, fact);
  settle(draft, nowMs);
}

/** Takes in what was read of a server. @returns whether something may have changed by it */
export function takeSample(draft: Draft, serverId: string, sample: MetricSample, nowMs: number): boolean {
  const server = draft.get('servers', serverId);
  if (server === null) return false;
  for (const rule of ALL_RULES) {
    const readings = rule.read?.(sample, server);
    if (readings !== undefined && readings.length > 0) takeReadings(draft, rule, serverId, readings, nowMs);
  }
  return !draft.isEmpty;
}

/** Takes in the newest readings of one kind: of a disk or sensor that is not among them any more, nothing holds. */
export function takeReadings(
  draft: Draft,
  rule: Rule,
  serverId: string,
  readings: readonly Reading[],
  nowMs: number,
): void {
  const { kind } = rule;
  const read = new Set<string>();
  for (const { subject, value } of readings) {
    const id = subject ?? '';
    const about = { kind, serverId, id } as const;
    const key = keyOf(about);
    read.add(key);
    const before = draft.get('subjects', key)?.condition ?? null;
    const holds = isBeyond(draft, rule, value, before !== null);
    if (holds || before !== null) draft.readings.set(key, value);
    if (!holds) draft.readings.delete(key);
    if (holds === (before !== null)) continue;
    const condition = holds ? { ...CONDITION, sinceMs: nowMs, value } : null;
    noteFinding(draft, { ...about, label: subject, condition });
  }
  for (const [key, subject] of draft.all('subjects')) {
    const { condition, id, label } = subject;
    if (subject.kind !== kind || subject.serverId !== serverId || condition === null || read.has(key))
      continue;
    noteFinding(draft, { kind, serverId, id, label, condition: null });
  }
}

/** Between the limit and where it clears, nothing changes. */
function isBeyond(draft: Draft, { kind, isWorseBelow }: Rule, value: number, isSo: boolean): boolean {
  const { limit, clears_at } = settingsOf(draft, kind);
  if (limit === null) return false;
  const border = isSo ? (clears_at ?? limit) : limit;
  if (isWorseBelow === true) return value <= border;
  return isSo && clears_at !== null ? value >= clears_at : value >= limit;
}
