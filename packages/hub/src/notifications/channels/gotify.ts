import { compose, plainMarkup } from '../message/compose.ts';
import { post } from '../sending/http.ts';
import { field, type Kind, textOf } from './kind.ts';

const LIMIT = 8000;
const PRIORITY = { critical: 10, warning: 7, info: 4, well: 2 } as const;

export const gotify: Kind = {
  kind: 'gotify',
  tells: 'alerts',
  title: 'Gotify',
  summary: 'An application of a Gotify server.',
  place: 'server',
  fields: [
    field({
      ...{ name: 'server', label: 'Server', type: 'url', required: true },
      placeholder: 'https://gotify.example.org',
    }),
    field({ name: 'token', label: 'Token of the application', type: 'secret', required: true }),
  ],
  send(settings, message, means) {
    const server = textOf(settings, 'server').replace(/\/+$/, '');
    return post(means, `${server}/message`, message.id, {
      headers: { 'x-gotify-key': textOf(settings, 'token') },
      body: JSON.stringify({
        title: message.title,
        message: compose(message, plainMarkup(LIMIT), true) || message.title,
        priority: PRIORITY[message.urgency],
        extras: {
          'client::display': { contentType: 'text/plain' },
          ...(message.link === null ? {} : { 'client::notification': { click: { url: message.link } } }),
        },
      }),
    });
  },
};
