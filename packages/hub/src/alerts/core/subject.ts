import type { AlertKind } from '@homelabcmd/protocol';
import type { Condition, Draft, Subject } from './memory.ts';

export interface SubjectName {
  readonly kind: AlertKind;
  readonly serverId: string | null;
  readonly id: string;
}

export const keyOf = ({ kind, serverId, id }: SubjectName): string => `${kind} ${serverId ?? ''} ${id}`;

/** A rule has found something, or finds it no more. */
export interface Finding extends SubjectName {
  readonly label: string | null;
  readonly condition: Condition | null;
}

/** What a condition says where its rule has nothing to add. */
export const CONDITION: Condition = {
  ...{ sinceMs: 0, graceMs: 0, isCritical: false, title: '', detail: null, lines: [] },
  ...{ value: null, actionId: null, untilMs: null },
};

/** A condition that held already goes on since it began. */
export function noteFinding(draft: Draft, finding: Finding): void {
  const key = keyOf(finding);
  const before = draft.get('subjects', key);
  const { condition, kind, serverId, id, label } = finding;
  if (before === null) {
    if (condition === null) return;
    draft.put('subjects', key, {
      ...{ kind, serverId, id, label, condition, open: null, awayMs: null, firedMs: [] },
    });
    return;
  }
  const next =
    condition && before.condition ? { ...condition, sinceMs: before.condition.sinceMs } : condition;
  if (isSame(before.condition, next)) return;
  draft.put('subjects', key, { ...before, condition: next } satisfies Subject);
}

/** What is read all the time is no change of what holds. */
const isSame = (a: Condition | null, b: Condition | null): boolean =>
  a === b ||
  (a !== null && b !== null && JSON.stringify(withoutValue(a)) === JSON.stringify(withoutValue(b)));
const withoutValue = (condition: Condition) =>
  condition.value === null ? condition : { ...condition, value: 0, title: '', detail: null };
