import type { Service } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { requestRestart } from '../../api/actions.ts';
import { useOff } from '../../api/access/may.ts';
import { detailOf, hasCode } from '../../api/problem.ts';
import { say } from '../../ui/toast/toast.tsx';

interface Restart {
  readonly request: () => Promise<void>;
  readonly isSending: boolean;
  /** Why nothing can be asked for now, or `null`. */
  readonly off: string | null;
}

/** Asks for a restart of a service. Only what the hub has stored is shown as asked for. */
export function useRestart({ server_id, service_name }: Service): Restart {
  const client = useQueryClient();
  const navigate = useNavigate();
  const off = useOff('restartService');
  const [isSending, setSending] = useState(false);
  const isOut = useRef(false);

  const reviewOf = (actionId: number) => ({
    label: 'Review',
    open: () => void navigate({ to: '/actions/$actionId', params: { actionId: String(actionId) } }),
  });
  const sayWhy = (error: unknown) => {
    if (hasCode(error, 'action_open')) {
      void client.invalidateQueries({ queryKey: ['actions', 'open'] });
      const existingId = error.problem.existing_action_id;
      say({
        look: { shape: 'ringInfo', tone: 'acc' },
        title: 'Restart already pending for this service',
        detail: `${service_name} on ${server_id}`,
        ...(existingId !== undefined && { link: reviewOf(existingId) }),
      });
      return;
    }
    const title = `Failed to queue restart: ${detailOf(error)}`;
    say({
      look: { shape: 'diamond', tone: 'bad' },
      title,
      detail: `${service_name} on ${server_id}`,
      stays: true,
    });
  };
  const request = async () => {
    if (isOut.current || off !== null) return;
    isOut.current = true;
    setSending(true);
    try {
      const action = await requestRestart(client, server_id, service_name);
      say({
        look: { shape: 'clock', tone: 'acc' },
        title: 'Restart action queued for approval',
        detail: `${service_name} on ${server_id}`,
        link: reviewOf(action.action_id),
      });
    } catch (error) {
      sayWhy(error);
    } finally {
      isOut.current = false;
      setSending(false);
    }
  };
  return { request, isSending, off };
}
