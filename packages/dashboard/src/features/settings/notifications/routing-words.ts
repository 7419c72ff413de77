import type { AlertKind, Channel } from '@homelabcmd/protocol';

/** `disk_filling` as people read it: `disk filling`. */
export const kindWord = (kind: AlertKind): string => kind.replaceAll('_', ' ');

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** Which alerts a channel is told of, and when, in a sentence or two. */
export function routingWords({ kind, routing, quiet_hours, settings }: Channel): string {
  if (kind === 'event_webhook') return `Every event that fits ${settings['events'] ?? '*'}, in order.`;
  const { severities, kinds, server_ids, tags } = routing;
  const what = severities.length === 0 ? 'Every alert' : `Alerts that are ${listed(severities)}`;
  const places = [...server_ids, ...tags.map((tag) => `the tag ${tag}`)];
  const parts = [
    what,
    kinds.length === 0 ? '' : ` of ${listed(kinds.map(kindWord))}`,
    places.length === 0 ? '' : `, for ${listed(places)}`,
    '.',
  ];
  const hours = quiet_hours?.hours;
  if (quiet_hours === null || hours === undefined) return parts.join('');
  const passes = quiet_hours.critical_passes ? ', but for what is critical' : '';
  return `${parts.join('')} Quiet from ${hours.from} to ${hours.to} (${hours.time_zone})${passes}.`;
}
