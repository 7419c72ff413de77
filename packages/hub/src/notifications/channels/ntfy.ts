import { compose, inBytes, plainMarkup } from '../message/compose.ts';
import { post } from '../sending/http.ts';
import { field, type Kind, textOf } from './kind.ts';

/** What ntfy takes before it makes an attachment of it. */
const LIMIT_BYTES = 3900;
const PRIORITY = { critical: 5, warning: 4, info: 3, well: 2 } as const;

/** By JSON, and not by headers: what a server wrote is then a value and nothing else. */
export const ntfy: Kind = {
  kind: 'ntfy',
  tells: 'alerts',
  title: 'ntfy',
  summary: 'A topic of ntfy.sh, or of an ntfy of your own, to phones and desktops.',
  place: 'server',
  fields: [
    field({ name: 'server', label: 'Server', type: 'url', by_default: 'https://ntfy.sh' }),
    field({
      ...{ name: 'topic', label: 'Topic', type: 'secret', required: true },
      help: 'Whoever knows the topic can read it, so it is kept like a password.',
    }),
    field({ name: 'token', label: 'Access token', type: 'secret', help: 'Where the topic is protected.' }),
  ],
  problem: (settings) =>
    /^[-_A-Za-z0-9]{1,64}$/.test(textOf(settings, 'topic'))
      ? null
      : { field: 'topic', message: 'A topic has 1 to 64 letters, digits, hyphens and underscores' },
  send(settings, message, means) {
    const token = textOf(settings, 'token');
    return post(means, textOf(settings, 'server'), message.id, {
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      body: JSON.stringify({
        topic: textOf(settings, 'topic'),
        title: message.title,
        message: compose(message, plainMarkup(LIMIT_BYTES, inBytes), true),
        priority: PRIORITY[message.urgency],
        ...(message.link === null ? {} : { click: message.link }),
      }),
    });
  },
};
