import type { Alert, Service } from '@homelabcmd/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { requestRestart } from '../../api/actions.ts';
import { acknowledge, refreshAlerts } from '../../api/alerts/alert-story.ts';
import { useOff } from '../../api/access/may.ts';
import { detailOf, hasCode } from '../../api/problem.ts';
import { say } from '../../ui/toast/toast.tsx';
import type { PaletteEntry } from './entries.ts';

interface Choosing {
  readonly choose: (entry: PaletteEntry) => void;
  /** Why nothing can be asked for now, or `null`. */
  readonly off: string | null;
}

/** Goes where an entry leads. A restart is only asked for here: it always leads to the review. */
export function useChoose(): Choosing {
  const client = useQueryClient();
  const navigate = useNavigate();
  const off = useOff('restartService');

  const review = (actionId: number) =>
    void navigate({ to: '/actions/$actionId', params: { actionId: String(actionId) } });
  const restart = async ({ server_id, service_name }: Service) => {
    try {
      review((await requestRestart(client, server_id, service_name)).action_id);
    } catch (error) {
      const existingId = hasCode(error, 'action_open') ? error.problem.existing_action_id : undefined;
      if (existingId !== undefined) {
        review(existingId);
        return;
      }
      say({
        look: { shape: 'diamond', tone: 'bad' },
        title: `Failed to queue restart: ${detailOf(error)}`,
        detail: `${service_name} on ${server_id}`,
        stays: true,
      });
    }
  };
  const lookAfter = async ({ alert_id, title }: Alert) => {
    try {
      await acknowledge(client, alert_id, null);
      say({ look: { shape: 'ringTick', tone: 'acc' }, title: 'Acknowledged', detail: title });
    } catch (error) {
      refreshAlerts(client);
      const look = { shape: 'diamond', tone: 'bad' } as const;
      say({ look, title: `Could not acknowledge it: ${detailOf(error)}`, detail: title, stays: true });
    }
  };
  const choose = (entry: PaletteEntry) => {
    switch (entry.kind) {
      case 'page':
        void navigate({ to: entry.to });
        break;
      case 'open-action':
        review(entry.actionId);
        break;
      case 'restart':
        if (off === null) void restart(entry.service);
        break;
      case 'acknowledge':
        if (off === null) void lookAfter(entry.alert);
        break;
    }
  };
  return { choose, off };
}
