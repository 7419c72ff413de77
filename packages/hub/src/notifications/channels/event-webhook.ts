import { post } from '../sending/http.ts';
import { field, type Kind, type Settings, textOf } from './kind.ts';
import { signed } from '../sending/signature.ts';

const patternsOf = (settings: Settings): string[] =>
  textOf(settings, 'events')
    .split(/[\s,]+/)
    .filter((pattern) => pattern !== '');

const PATTERN = /^(\*|[a-z_]+\.(\*|[a-z_]+))$/;

const fits = (pattern: string, type: string): boolean =>
  pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));

/** Each fact of the log that fits, as the live stream tells it, in its order. */
export const eventWebhook: Kind = {
  kind: 'event_webhook',
  tells: 'events',
  title: 'Events to a webhook',
  summary: 'Every event of some types, as the live stream tells it, in order, signed.',
  place: 'url',
  fields: [
    field({ name: 'url', label: 'Address', type: 'secret_url', required: true }),
    field({
      ...{ name: 'events', label: 'Events', type: 'text', required: true, by_default: '*' },
      ...{ placeholder: 'action.*, service.changed' },
      help: 'Types of events with commas between them; action.* is all of that kind, * is all of them.',
    }),
    field({
      ...{ name: 'secret', label: 'Secret of the signature', type: 'secret' },
      help: 'With it the receiver can verify X-Homelabcmd-Signature.',
    }),
    field({ name: 'authorization', label: 'Authorization header', type: 'secret' }),
  ],
  problem: (settings) =>
    patternsOf(settings).length > 0 && patternsOf(settings).every((pattern) => PATTERN.test(pattern))
      ? null
      : { field: 'events', message: 'Use types of events like action.completed, action.* or *' },
  wants: (settings, type) => patternsOf(settings).some((pattern) => fits(pattern, type)),
  send(settings, { id, type, json }, means) {
    const authorization = textOf(settings, 'authorization');
    return post(means, textOf(settings, 'url'), id, {
      headers: {
        'x-homelabcmd-event': type,
        ...(authorization === '' ? {} : { authorization }),
        ...signed(textOf(settings, 'secret'), json, means.nowMs),
      },
      body: json,
    });
  },
  example: (id, at) => ({ id, type: 'test', json: JSON.stringify({ id: 0, at, type: 'test', data: {} }) }),
};
