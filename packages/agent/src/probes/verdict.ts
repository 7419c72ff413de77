import type { ProbeReport } from '@homelabcmd/protocol';
import type { Answer } from './answer.ts';

/** What is made of the answers so far. */
export interface Standing {
  readonly report: ProbeReport;
  /** Bad answers in a row. */
  readonly failures: number;
  /** How often in a row the bad answers gave a reason other than the one that is reported. */
  readonly otherReason: { readonly detail: string; readonly times: number } | null;
}

const stand = (
  verdict: ProbeReport['verdict'],
  detail: string,
  since: string | null,
  failures = 0,
): Standing => ({ report: { verdict, detail, since }, failures, otherReason: null });

export const notRunning = (): Standing => stand('waiting', 'It does not run, so it is not asked.', null);
export const justStarted = (nowMs: number, failures = 0): Standing =>
  stand('waiting', 'It has given no answer since it started.', new Date(nowMs).toISOString(), failures);

/**
 *   waiting ──────── answer ───────► answering ◄──────── answer ──┐
 *      │                                 │                        │
 *      └── failures_before_down in a row ┴──────────────► not_answering
 *
 *   any ── not allowed ──► not_allowed ── a bad answer: it is allowed now ──► waiting
 *   any ── a new run, or none ──► waiting
 *
 * Each change of a report is an event for ever, so what alternates must not change it: a good answer keeps the words
 * of the first, and another reason for bad ones counts when it was given as often in a row as makes a service down.
 */
export function judged(
  before: Standing,
  answer: Answer,
  failuresBeforeDown: number,
  nowMs: number,
): Standing {
  const { verdict, detail, since } = before.report;
  const now = new Date(nowMs).toISOString();
  switch (answer.kind) {
    case 'answer':
      return verdict === 'answering' ? stand(verdict, detail, since) : stand('answering', answer.detail, now);
    case 'not_allowed':
      return stand('not_allowed', answer.detail, verdict === 'not_allowed' ? since : now);
    case 'failure':
      break;
  }
  const failures = before.failures + 1;
  if (verdict === 'not_answering') return otherReason(before, answer.detail, failuresBeforeDown);
  if (failures >= failuresBeforeDown) return stand('not_answering', answer.detail, now, failures);
  return verdict === 'not_allowed' ? justStarted(nowMs, failures) : { ...before, failures };
}

function otherReason(before: Standing, detail: string, failuresBeforeDown: number): Standing {
  const { report, otherReason: other } = before;
  if (detail === report.detail) return { ...before, otherReason: null };
  const times = other?.detail === detail ? other.times + 1 : 1;
  return times >= failuresBeforeDown
    ? { ...before, report: { ...report, detail }, otherReason: null }
    : { ...before, otherReason: { detail, times } };
}

export const isSameReport = (a: Standing, b: Standing): boolean =>
  a.report.verdict === b.report.verdict && a.report.detail === b.report.detail;
