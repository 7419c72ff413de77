import type { LiveEvent } from '@homelabcmd/protocol';
import { doubtOf, kindWords } from '../../api/vocabulary/kind.ts';
import type { Notice } from '../../ui/toast/toast.tsx';

/** What to say when an action has ended, or `null` when there is nothing to say. */
export function outcomeNotice(fact: LiveEvent, open: (actionId: number) => void): Notice | null {
  if (!('action' in fact.data)) return null;
  const { action } = fact.data;
  const { action_id, result, server_id, service_name, settle_ms } = action;
  const { imperative, noun } = kindWords(action);
  const link = { label: 'Details', open: () => open(action_id) };
  const detail = result?.detail;
  switch (fact.type) {
    case 'action.completed':
      return {
        look: { shape: 'discTick', tone: 'ok' },
        title: `${service_name} is running again`,
        detail: `Stable for ${Math.round(settle_ms / 1000)} s on ${server_id}`,
        link,
      };
    case 'action.failed':
      return {
        look: { shape: 'diamond', tone: 'bad' },
        title: `The ${noun} of ${service_name} on ${server_id} failed`,
        detail,
        link,
        stays: true,
      };
    case 'action.refused':
      return {
        look: { shape: 'ringSlash', tone: 'mute' },
        title: `${server_id} refused to ${imperative.toLowerCase()} ${service_name}`,
        detail: detail ?? 'Nothing ran.',
        link,
        stays: true,
      };
    case 'action.unknown':
      return {
        look: { shape: 'ringDashedQuery', tone: 'warn' },
        title: doubtOf(action),
        detail: `${server_id} went silent after the order was sent. Look before you try again.`,
        link,
        stays: true,
      };
    default:
      return null;
  }
}
