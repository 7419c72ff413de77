import type { GuardedRoute } from '@homelabcmd/protocol';
import { useRef, useState } from 'react';
import { useOff } from './access/may.ts';
import { ApiProblem, detailOf, hasCode } from './problem.ts';

interface Sending {
  readonly isSending: boolean;
  /** Why nothing can be sent now, or `null`. */
  readonly off: string | null;
  /** What the hub, or this page, said no with. */
  readonly error: unknown;
  readonly problem: string | null;
  /** Does the work once at a time. True when it is done, false when it failed or could not begin. */
  readonly send: (work: () => Promise<void>) => Promise<boolean>;
}

/** One thing that is sent to a route of the hub from a form: on its way, done, or turned down with a sentence. */
export function useSending(name: GuardedRoute): Sending {
  const off = useOff(name);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isOut = useRef(false);
  const send = async (work: () => Promise<void>): Promise<boolean> => {
    if (isOut.current || off !== null) return false;
    isOut.current = true;
    setSending(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (thrown) {
      // Whoever declined to prove who they are knows why nothing was sent.
      setError(hasCode(thrown, 'proof_required') ? null : thrown);
      return false;
    } finally {
      isOut.current = false;
      setSending(false);
    }
  };
  return { isSending, off, error, problem: error === null ? null : sentenceOf(error), send };
}

/** With the first value that was not valid, where the hub names it. */
function sentenceOf(error: unknown): string {
  const [first] = error instanceof ApiProblem ? (error.problem.errors ?? []) : [];
  return first === undefined ? detailOf(error) : `${detailOf(error)} ${first.path}: ${first.message}.`;
}
