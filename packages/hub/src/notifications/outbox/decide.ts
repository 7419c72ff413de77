import type { Alert, EventType, Occasion, Routing } from '@homelabcmd/protocol';
import { severityOf } from '../message/message.ts';

/** What is known of one alert and one channel. */
export interface Earlier {
  readonly occasion: Occasion;
  readonly state: 'waiting' | 'held' | 'delivered' | 'failed' | 'not_told';
  /** Whether a try may have begun. */
  readonly isClaimed: boolean;
}

export type Decision =
  | { readonly do: 'nothing' }
  /** Tell of it. */
  | { readonly do: 'tell'; readonly occasion: Occasion }
  /** It would be told, but for a reason that is written down. */
  | { readonly do: 'note'; readonly occasion: Occasion; readonly because: string }
  /** What is not on its way yet is not told any more. */
  | { readonly do: 'withdraw'; readonly only: 'held' | 'all'; readonly because: string };

const NOTHING: Decision = { do: 'nothing' };

const OCCASIONS: Partial<Record<EventType, Occasion>> = {
  'alert.fired': 'fired',
  'alert.repeated': 'repeated',
  'alert.escalated': 'escalated',
  'alert.resolved': 'resolved',
};

/** Where a channel hears of an alert at all. @param tags of the alert's server */
export function isRouted(routing: Routing, alert: Alert, tags: readonly string[]): boolean {
  const { severities, kinds, server_ids, tags: wanted } = routing;
  const isOfPlace =
    (server_ids.length === 0 && wanted.length === 0) ||
    (alert.server_id !== null && server_ids.includes(alert.server_id)) ||
    tags.some((tag) => wanted.includes(tag));
  return (
    isOfPlace &&
    (severities.length === 0 || severities.includes(severityOf(alert))) &&
    (kinds.length === 0 || kinds.includes(alert.kind))
  );
}

const TOLD: readonly Earlier['state'][] = ['waiting', 'held', 'delivered'];
const isTold = ({ state, occasion }: Earlier): boolean => occasion !== 'resolved' && TOLD.includes(state);
/** It has left, or may have. */
const isOut = (one: Earlier): boolean => isTold(one) && (one.state !== 'held' || one.isClaimed);

/**
 * What a fact of an alert means for one channel.
 * @param isFor whether the channel's routing has it
 * @param earlier all that the outbox has of this alert for this channel
 */
export function decide(type: EventType, alert: Alert, isFor: boolean, earlier: readonly Earlier[]): Decision {
  const withheld = withheldBecause(alert);
  if (type === 'alert.resolved') {
    if (!earlier.some(isOut))
      return { do: 'withdraw', only: 'held', because: 'It was over before it was told.' };
    return alert.silenced === null ? { do: 'tell', occasion: 'resolved' } : NOTHING;
  }
  if (alert.state === 'acknowledged')
    return { do: 'withdraw', only: 'held', because: 'Somebody looks after it already.' };
  if (withheld !== null) {
    const begins = type === 'alert.fired' || type === 'alert.suppressed';
    const isNew = begins && isFor && earlier.length === 0;
    return isNew
      ? { do: 'note', occasion: 'fired', because: withheld }
      : { do: 'withdraw', only: 'all', because: withheld };
  }
  if (!isFor || alert.state !== 'firing') return NOTHING;
  const occasion = OCCASIONS[type];
  // Somebody was not to hear of it, and now is.
  if (occasion === undefined)
    return earlier.length > 0 && earlier.every(({ state }) => state === 'not_told')
      ? { do: 'tell', occasion: 'fired' }
      : NOTHING;
  // Nobody is reminded of what has yet to arrive.
  const isOnItsWay = earlier.some(({ state }) => state === 'held' || state === 'waiting');
  return isOnItsWay && occasion === 'repeated' ? NOTHING : { do: 'tell', occasion };
}

function withheldBecause({ suppressed, silenced }: Alert): string | null {
  if (suppressed !== null) return suppressed.reason;
  if (silenced === null) return null;
  return `${silenced.by} has silenced it${silenced.reason === null ? '' : `: ${silenced.reason}`}.`;
}
