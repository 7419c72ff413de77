import { visible } from '@homelabcmd/protocol';
import type { Message } from './message.ts';

/** What may stand between the braces. It is looked up in this table and nowhere else. */
const PLACEHOLDERS: Record<string, (message: Message) => string> = {
  id: ({ id }) => id,
  title: ({ title }) => title,
  urgency: ({ urgency }) => urgency,
  link: ({ link }) => link ?? '',
  text: ({ parts }) => parts.map(({ heading, sentences }) => [heading, ...sentences].join(' ')).join(' / '),
  lines: ({ parts }) => parts.flatMap(({ lines }) => lines).join(' / '),
  occasion: ({ parts }) => parts[0]?.occasion ?? '',
  alert_id: ({ parts }) => String(parts[0]?.alert?.alert_id ?? ''),
  kind: ({ parts }) => parts[0]?.alert?.kind ?? '',
  server_id: ({ parts }) => parts[0]?.alert?.server_id ?? '',
  subject: ({ parts }) => visible(parts[0]?.alert?.subject ?? ''),
};

export const PLACEHOLDER_NAMES: readonly string[] = Object.keys(PLACEHOLDERS);

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

const valueOf = (name: string, message: Message): string | null =>
  Object.hasOwn(PLACEHOLDERS, name) ? (PLACEHOLDERS[name]?.(message) ?? null) : null;

/** Fills a template. It is data: there is nothing in it but text and names between braces. */
export function fill(template: string, isJson: boolean, message: Message): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = valueOf(name, message) ?? '';
    // Within JSON a value stands between quotes that the template has written.
    return isJson ? JSON.stringify(value).slice(1, -1) : value;
  });
}

/** Why a template is of no use; `null` if it is. */
export function templateProblem(template: string, isJson: boolean, example: Message): string | null {
  for (const [, name = ''] of template.matchAll(PLACEHOLDER))
    if (!Object.hasOwn(PLACEHOLDERS, name))
      return `There is no {{${visible(name.slice(0, 40))}}}. Use one of ${PLACEHOLDER_NAMES.join(', ')}.`;
  if (!isJson) return null;
  try {
    JSON.parse(fill(template, true, example));
    return null;
  } catch {
    return 'With the values filled in it is no JSON. Placeholders stand within quotes: "{{title}}".';
  }
}
