import type { Action } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { use, useRef, useState } from 'react';
import { PrincipalContext, useMay, useOff } from '../../../api/access/may.ts';
import { type Decision, decide, refreshAction } from '../../../api/actions.ts';
import { kindWords } from '../../../api/vocabulary/kind.ts';
import { detailOf, hasCode } from '../../../api/problem.ts';
import { say } from '../../../ui/toast/toast.tsx';

const VERBS: Record<Decision['kind'], string> = {
  approve: 'approve',
  reject: 'reject',
  cancel: 'cancel',
  resolve: 'close',
};

type Offs = Readonly<Record<Decision['kind'], string | null>>;

/** What somebody asked for themselves they may take back; what others asked for takes who decides. */
export const useMayCancel = ({ created_by }: Action): boolean =>
  useMay('cancelAction', { isForeign: created_by !== use(PrincipalContext)?.name });

function useOffs({ created_by }: Action): Offs {
  const isForeign = created_by !== use(PrincipalContext)?.name;
  return {
    approve: useOff('approveAction'),
    reject: useOff('rejectAction'),
    cancel: useOff('cancelAction', { isForeign }),
    resolve: useOff('resolveAction'),
  };
}

export interface Deciding {
  readonly send: (decision: Decision) => Promise<void>;
  /** What has been sent and is not answered yet. */
  readonly sending: Decision['kind'] | null;
  /** Why each cannot be decided now, or `null`: it is not allowed, or there is no hub. */
  readonly off: Offs;
}

/** Sends decisions about one action. What comes of them is told by the hub, never assumed. */
export function useDecide(action: Action): Deciding {
  const client = useQueryClient();
  const off = useOffs(action);
  const [sending, setSending] = useState<Decision['kind'] | null>(null);
  const isOut = useRef(false);

  const send = async (decision: Decision) => {
    if (isOut.current || off[decision.kind] !== null) return;
    isOut.current = true;
    setSending(decision.kind);
    try {
      await decide(client, action, decision);
    } catch (error) {
      // Whoever declined to prove who they are knows why nothing was sent.
      if (hasCode(error, 'proof_required')) return;
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
