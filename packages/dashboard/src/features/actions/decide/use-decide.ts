import type { Action } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { type Decision, decide, refreshAction } from '../../../api/actions.ts';
import { useActingOff } from '../../../api/live/use-stream.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { detailOf, hasCode } from '../../../api/problem.ts';
import { say } from '../../../ui/toast/toast.tsx';

const VERBS: Record<Decision['kind'], string> = {
  approve: 'approve',
  reject: 'reject',
  cancel: 'cancel',
  resolve: 'close',
};

interface Deciding {
  readonly send: (decision: Decision) => Promise<void>;
  /** What has been sent and is not answered yet. */
  readonly sending: Decision['kind'] | null;
  /** Why nothing can be decided now, or `null`. */
  readonly off: string | null;
}

/** Sends decisions about one action. What comes of them is told by the hub, never assumed. */
export function useDecide(action: Action): Deciding {
  const client = useQueryClient();
  const off = useActingOff();
  const [sending, setSending] = useState<Decision['kind'] | null>(null);
  const isOut = useRef(false);

  const send = async (decision: Decision) => {
    if (isOut.current || off !== null) return;
    isOut.current = true;
    setSending(decision.kind);
    try {
      await decide(client, action, decision);
    } catch (error) {
      const hasMoved = hasCode(error, 'action_moved_on') || hasCode(error, 'digest_mismatch');
      if (hasMoved) refreshAction(client, action);
      say({
        look: hasMoved ? { shape: 'ringInfo', tone: 'acc' } : { shape: 'diamond', tone: 'bad' },
        title: `Could not ${VERBS[decision.kind]} the ${kindWords(action).noun} of ${action.service_name}`,
        detail: detailOf(error),
        stays: !hasMoved,
      });
    } finally {
      isOut.current = false;
      setSending(null);
    }
  };
  return { send, sending, off };
}
