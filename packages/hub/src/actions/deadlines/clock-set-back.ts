import type { ExpressionBuilder } from 'kysely';
import { timestamp } from '../../lib/clock.ts';
import type { Schema } from '../../store/schema.ts';

/** A clock that is set right by less than this changes nothing that matters. */
const TOLERATED_MS = 5000;

/**
 * Whether something has happened to an action that still lies ahead of the clock: then the clock was set back, and its
 * deadline, which lies ahead by as much, says nothing of how long it has waited. It is found without any memory of what
 * time it was, since a machine without a battery for its clock wakes up in the past.
 */
export const isAheadOf = (nowMs: number) => isAfter(toleratedUntil(nowMs));

/** What has happened by then may have happened by a clock that goes right. */
export const toleratedUntil = (nowMs: number): string => timestamp(nowMs + TOLERATED_MS);

export const isAfter = (limit: string) => (eb: ExpressionBuilder<Schema, 'actions'>) => {
  // What has not happened is not ahead: without the first half of it, a `not` before all this would be unknown.
  const isAhead = (column: 'approved_at' | 'started_at') =>
    eb.and([eb(`actions.${column}`, 'is not', null), eb(`actions.${column}`, '>', limit)]);
  return eb.or([eb('actions.created_at', '>', limit), isAhead('approved_at'), isAhead('started_at')]);
};

type Happened = { readonly [N in 'created_at' | 'approved_at' | 'started_at']: string | null };

/** The same of what was read: of one row, or of the newest in several. */
export function hasHappenedAhead({ created_at, approved_at, started_at }: Happened, nowMs: number): boolean {
  const limit = toleratedUntil(nowMs);
  return [created_at, approved_at, started_at].some((at) => at !== null && at > limit);
}
