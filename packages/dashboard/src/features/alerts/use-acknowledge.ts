import type { Alert } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useOff } from '../../api/access/may.ts';
import { acknowledge, refreshAlerts, unacknowledge } from '../../api/alerts/alert-story.ts';
import { detailOf, hasCode } from '../../api/problem.ts';
import { say } from '../../ui/toast/toast.tsx';

interface Acknowledging {
  readonly isSending: boolean;
  /** Why it cannot be pressed now, or `null`. */
  readonly off: string | null;
  /** True when the hub has stored it. */
  readonly acknowledge: (note?: string) => Promise<boolean>;
  readonly takeBack: () => Promise<boolean>;
}

/** Says that somebody looks after an alert, or takes that back. The page shows it when the hub has stored it. */
export function useAcknowledge({ alert_id, title }: Alert): Acknowledging {
  const client = useQueryClient();
  const off = useOff('acknowledgeAlert');
  const [isSending, setSending] = useState(false);
  const isOut = useRef(false);
  const send = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    if (isOut.current || off !== null) return false;
    isOut.current = true;
    setSending(true);
    try {
      await work();
      return true;
    } catch (error) {
      const hasMoved = hasCode(error, 'alert_moved_on') || hasCode(error, 'not_found');
      if (hasMoved) refreshAlerts(client);
      if (!hasCode(error, 'proof_required'))
        say({
          look: hasMoved ? { shape: 'ringInfo', tone: 'acc' } : { shape: 'diamond', tone: 'bad' },
          title: `Could not ${what}`,
          detail: `${title}. ${detailOf(error)}`,
          stays: !hasMoved,
        });
      return false;
    } finally {
      isOut.current = false;
      setSending(false);
    }
  };
  return {
    isSending,
    off,
    acknowledge: (note = '') =>
      send('acknowledge it', () => acknowledge(client, alert_id, note.trim() === '' ? null : note.trim())),
    takeBack: () => send('take it back', () => unacknowledge(client, alert_id)),
  };
}
