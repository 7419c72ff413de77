import { compose, type Markup } from '../message/compose.ts';
import { cut } from '../message/cut.ts';
import { post } from '../sending/http.ts';
import { field, type Kind, textOf } from './kind.ts';

const COLOUR = { critical: 0xbb2a20, warning: 0xe2a94e, info: 0x7f858d, well: 0x2b774b } as const;

/** All that means something in Discord's Markdown: formats, links, mentions, times, emoji. */
const escaped = (text: string): string => text.replaceAll(/[\\*_~`|<>[\]()#\-+@:.!]/g, '\\$&');

const MARKUP: Markup = {
  limit: 4000,
  measure: ({ length }) => length,
  heading: (text) => `**${escaped(text)}**`,
  sentence: escaped,
  // Within a block of code nothing means anything but its end.
  lines: (lines) => `\`\`\`\n${lines.map((line) => line.replaceAll('`', 'ˋ')).join('\n')}\n\`\`\``,
  link: (url) => `<${url}>`,
};

export const discord: Kind = {
  kind: 'discord',
  tells: 'alerts',
  title: 'Discord',
  summary: 'A webhook of a Discord channel.',
  place: 'url',
  fields: [
    field({
      ...{ name: 'url', label: 'Address of the webhook', type: 'secret_url', required: true },
      ...{ placeholder: 'https://discord.com/api/webhooks/…' },
      help: 'In Discord: Edit Channel, Integrations, Webhooks, Copy Webhook URL.',
    }),
  ],
  send: (settings, message, means) =>
    post(means, textOf(settings, 'url'), message.id, {
      body: JSON.stringify({
        // Whatever a server writes, nobody is called by it.
        allowed_mentions: { parse: [] },
        embeds: [
          {
            title: escaped(cut(message.title, 120)),
            description: compose(message, MARKUP, true),
            color: COLOUR[message.urgency],
            ...(message.link === null ? {} : { url: message.link }),
          },
        ],
      }),
      pauseIn: (answer) => answer['retry_after'],
    }),
};
