import { plainJson } from '@homelabcmd/protocol';
import { testMessage, type Message } from '../message/message.ts';
import { fill, PLACEHOLDER_NAMES, templateProblem } from '../message/template.ts';
import { post } from '../sending/http.ts';
import { field, type Kind, textOf } from './kind.ts';
import { signed } from '../sending/signature.ts';

const TYPES: Record<string, string> = { json: 'application/json', text: 'text/plain; charset=utf-8' };

/** What is sent without a template: all that there is to tell. */
const wholeOf = ({ id, title, urgency, link, parts }: Message): string =>
  plainJson(JSON.stringify({ id, title, urgency, link, told: parts }));

export const webhook: Kind = {
  kind: 'webhook',
  tells: 'alerts',
  title: 'Webhook',
  summary: 'A signed request to an address of yours, with a body of your own making.',
  place: 'url',
  fields: [
    field({ name: 'url', label: 'Address', type: 'secret_url', required: true }),
    field({
      ...{ name: 'secret', label: 'Secret of the signature', type: 'secret' },
      help: 'With it the receiver can verify X-Homelabcmd-Signature.',
    }),
    field({
      ...{ name: 'authorization', label: 'Authorization header', type: 'secret' },
      help: 'As the receiver wants it: Bearer and a token, for example.',
    }),
    field({
      ...{ name: 'format', label: 'Body', type: 'choice', by_default: 'json' },
      choices: [
        { value: 'json', label: 'JSON' },
        { value: 'text', label: 'Plain text' },
      ],
    }),
    field({
      ...{ name: 'template', label: 'Template', type: 'long_text' },
      help: `Left empty, everything is sent as JSON. Placeholders: ${PLACEHOLDER_NAMES.map((name) => `{{${name}}}`).join(' ')}`,
      placeholder: '{"text": "{{title}} {{link}}"}',
    }),
  ],
  problem(settings) {
    const template = textOf(settings, 'template');
    const isJson = textOf(settings, 'format') === 'json';
    if (template === '') return null;
    const message = templateProblem(template, isJson, testMessage('test', '"', null));
    return message === null ? null : { field: 'template', message };
  },
  send(settings, message, means) {
    const template = textOf(settings, 'template');
    const format = template === '' ? 'json' : textOf(settings, 'format');
    const body = template === '' ? wholeOf(message) : fill(template, format === 'json', message);
    const authorization = textOf(settings, 'authorization');
    return post(means, textOf(settings, 'url'), message.id, {
      headers: {
        'content-type': TYPES[format] ?? '',
        ...(authorization === '' ? {} : { authorization }),
        ...signed(textOf(settings, 'secret'), body, means.nowMs),
      },
      body,
    });
  },
};
