import { compose, escapeHtml, type Markup } from '../message/compose.ts';
import { post } from '../sending/http.ts';
import { field, type Kind, textOf } from './kind.ts';

/** As Telegram's HTML; a name after @ would call somebody, so it is no @ any more. */
const escaped = (text: string): string => escapeHtml(text.replaceAll('@', '＠'));

/** Telegram counts what is shown, which is never more than what is sent. */
const MARKUP: Markup = {
  limit: 4000,
  measure: ({ length }) => length,
  heading: (text) => `<b>${escaped(text)}</b>`,
  sentence: escaped,
  lines: (lines) => `<pre>${escaped(lines.join('\n'))}</pre>`,
  link: (url) => `<a href="${escapeHtml(url)}">Look at it</a>`,
};

const parameters = (answer: Record<string, unknown>): Record<string, unknown> => {
  const value = answer['parameters'];
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

export const telegram: Kind = {
  kind: 'telegram',
  tells: 'alerts',
  title: 'Telegram',
  summary: 'A bot of yours writes into a chat.',
  place: 'server',
  fields: [
    field({
      ...{ name: 'token', label: 'Token of the bot', type: 'secret', required: true },
      help: 'From @BotFather.',
    }),
    field({
      ...{ name: 'chat_id', label: 'Chat', type: 'text', required: true, placeholder: '-1001234567890' },
      help: 'Its number, or @name of a public channel.',
    }),
    field({
      ...{ name: 'server', label: 'Server', type: 'url', by_default: 'https://api.telegram.org' },
      help: 'Another one only where you run a Bot API server of your own.',
    }),
  ],
  problem: (settings) =>
    /^\d+:[A-Za-z0-9_-]+$/.test(textOf(settings, 'token'))
      ? null
      : { field: 'token', message: 'A token of a bot looks like 123456:ABC-DEF' },
  send(settings, message, means) {
    const server = textOf(settings, 'server').replace(/\/+$/, '');
    return post(means, `${server}/bot${textOf(settings, 'token')}/sendMessage`, message.id, {
      body: JSON.stringify({
        chat_id: textOf(settings, 'chat_id'),
        text: compose(message, MARKUP),
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        disable_notification: message.urgency === 'info' || message.urgency === 'well',
      }),
      pauseIn: (answer) => parameters(answer)['retry_after'],
    });
  },
};
