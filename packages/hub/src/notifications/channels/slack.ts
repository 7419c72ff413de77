import { compose, plainMarkup } from '../message/compose.ts';
import { cut } from '../message/cut.ts';
import type { Message, Part } from '../message/message.ts';
import { post } from '../sending/http.ts';
import { field, type Kind, textOf } from './kind.ts';

/** Slack takes at most 50 blocks. */
const MOST_PARTS = 15;
const LINES = 2500;

/** `plain_text` knows no markup: nothing that a server writes is a link, a format or a call to everybody. */
const plainText = (text: string, max: number) => ({ type: 'plain_text', text: cut(text, max), emoji: false });

/** Slack's three characters, for what it shows where there are no blocks. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function blocksOf({ heading, sentences, lines, link }: Part): object[] {
  return [
    { type: 'section', text: { ...plainText('', 1), text: [heading, ...sentences].join('\n') } },
    ...(lines.length === 0
      ? []
      : [
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_preformatted',
                elements: [{ type: 'text', text: lines.join('\n').slice(0, LINES).toWellFormed() }],
              },
            ],
          },
        ]),
    ...(link === null
      ? []
      : [
          {
            type: 'rich_text',
            elements: [
              { type: 'rich_text_section', elements: [{ type: 'link', url: link, text: 'Look at it' }] },
            ],
          },
        ]),
  ];
}

function bodyOf(message: Message): object {
  const { parts, title } = message;
  const left = parts.length - MOST_PARTS;
  return {
    text: escaped(compose(message, plainMarkup(3000))),
    mrkdwn: false,
    ...{ unfurl_links: false, unfurl_media: false },
    blocks: [
      { type: 'header', text: plainText(title, 150) },
      ...parts.slice(0, MOST_PARTS).flatMap(blocksOf),
      ...(left > 0 ? [{ type: 'section', text: plainText(`and ${left} more`, 50) }] : []),
    ],
  };
}

export const slack: Kind = {
  kind: 'slack',
  tells: 'alerts',
  title: 'Slack',
  summary: 'An incoming webhook of a Slack channel, or of Mattermost.',
  place: 'url',
  fields: [
    field({
      ...{ name: 'url', label: 'Address of the webhook', type: 'secret_url', required: true },
      placeholder: 'https://hooks.slack.com/services/…',
    }),
  ],
  send: (settings, message, means) =>
    post(means, textOf(settings, 'url'), message.id, { body: JSON.stringify(bodyOf(message)) }),
};
