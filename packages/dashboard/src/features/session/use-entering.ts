import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem, detailOf, hasCode } from '../../api/problem.ts';

export interface Refused<F extends string> {
  /** What went wrong, in words for the one who typed. */
  readonly words: string;
  /** What was turned away: with another one it may go well. `null`: it is no fault of what was typed. */
  readonly field: F | null;
}

interface Entering<F extends string> {
  /** Goes in by `work`; what that throws is told in the words of `refusalOf`, or else in the hub's. */
  readonly enter: (
    work: (client: QueryClient) => Promise<void>,
    refusalOf: (problem: unknown) => Refused<F> | null,
  ) => Promise<void>;
  readonly isSending: boolean;
  readonly refused: Refused<F> | null;
  readonly refuse: (refused: Refused<F> | null) => void;
}

/** One try at a time to come in. */
export function useEntering<F extends string>(onIn: () => void): Entering<F> {
  const client = useQueryClient();
  const [isSending, setSending] = useState(false);
  const [refused, refuse] = useState<Refused<F> | null>(null);
  const isOut = useRef(false);
  const enter: Entering<F>['enter'] = async (work, refusalOf) => {
    if (isOut.current) return;
    isOut.current = true;
    setSending(true);
    refuse(null);
    try {
      await work(client);
      onIn();
    } catch (problem) {
      refuse(refusalOf(problem) ?? { words: inWords(problem), field: null });
    } finally {
      isOut.current = false;
      setSending(false);
    }
  };
  return { enter, isSending, refused, refuse };
}

function inWords(problem: unknown): string {
  if (hasCode(problem, 'too_many')) return detailOf(problem);
  const next = hasCode(problem, 'unavailable') ? 'Look whether it runs, then try again.' : 'Try again.';
  return `${detailOf(problem)} ${next}`;
}

/** What the hub found wrong with one value, or `null`. */
export function invalidIn<F extends string>(problem: unknown, fields: readonly F[]): Refused<F> | null {
  const errors = problem instanceof ApiProblem ? (problem.problem.errors ?? []) : [];
  for (const { path, message } of errors) {
    const field = fields.find((each) => path === each || path.endsWith(`.${each}`));
    if (field !== undefined) return { words: `${message}.`, field };
  }
  return null;
}
