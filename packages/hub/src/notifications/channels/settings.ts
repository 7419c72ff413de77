import { type ChannelField, type ChannelWish, PROBLEMS } from '@homelabcmd/protocol';
import { Refusal } from '../../lib/refusal.ts';
import type { Kind, Settings } from './kind.ts';

const isSecret = ({ type }: ChannelField): boolean => type === 'secret' || type === 'secret_url';

/** The settings of a channel, the secret ones apart. */
export interface Kept {
  readonly plain: Settings;
  readonly secret: Settings;
}

const NOTHING: Kept = { plain: {}, secret: {} };

/**
 * What is kept of what somebody filled in: secrets that are left out stay as they were, where they go to the same place.
 * @throws Refusal `invalid`, which names each field
 */
export function settingsOf(kind: Kind, given: ChannelWish['settings'], known: Kept = NOTHING): Kept {
  const errors: { path: string; message: string }[] = [];
  const wrong = (name: string, message: string) => void errors.push({ path: `settings.${name}`, message });
  for (const name of Object.keys(given))
    if (!kind.fields.some((field) => field.name === name)) wrong(name, `${kind.title} has no such setting`);
  const values = kind.fields.map((field) => [field, valueOf(field, given, known.secret, wrong)] as const);
  const of = (wanted: (field: ChannelField) => boolean): Settings =>
    Object.fromEntries(
      values.flatMap(([field, value]) => (value !== null && wanted(field) ? [[field.name, value]] : [])),
    );
  const kept = { plain: of((field) => !isSecret(field)), secret: of(isSecret) };
  if (errors.length === 0 && isElsewhere(kind, kept, known))
    for (const { name, label } of kind.fields.filter(isSecret))
      if (name !== kind.place && !Object.hasOwn(given, name) && name in known.secret)
        wrong(name, `${label} was for another place; fill it in again`);
  const problem = errors.length === 0 ? kind.problem?.(whole(kind, kept)) : null;
  if (problem) wrong(problem.field, problem.message);
  if (errors.length > 0)
    throw new Refusal('invalid', `${PROBLEMS.invalid.title}: ${errors[0]?.message}.`, { errors });
  return kept;
}

/** A place that is not known any more is another one. */
const isElsewhere = (kind: Kind, kept: Kept, known: Kept): boolean =>
  whole(kind, kept)[kind.place] !== whole(kind, known)[kind.place];

/** All of them, with what holds where nothing was filled in. */
export function whole(kind: Kind, { plain, secret }: Kept): Settings {
  const byDefault = kind.fields.flatMap(({ name, by_default }) =>
    by_default === null ? [] : [[name, by_default]],
  );
  return { ...Object.fromEntries(byDefault), ...plain, ...secret };
}

function valueOf(
  field: ChannelField,
  given: ChannelWish['settings'],
  known: Settings,
  wrong: (name: string, message: string) => void,
): string | number | null {
  const { name, label, required } = field;
  const said = Object.hasOwn(given, name) ? given[name] : isSecret(field) ? known[name] : null;
  const value = typeof said === 'string' ? textIn(field, said) : (said ?? null);
  if (value === null || value === '') {
    if (required) wrong(name, `${label} is needed`);
    return null;
  }
  const message = problemOf(field, value);
  if (message !== null) wrong(name, message);
  return value;
}

const textIn = ({ type }: ChannelField, said: string): string =>
  type === 'long_text' || type === 'secret' ? said : said.trim();

function problemOf(field: ChannelField, value: string | number): string | null {
  const { type, label, choices } = field;
  if (type === 'number') return typeof value === 'number' ? null : `${label} is a number`;
  if (typeof value !== 'string') return `${label} is a text`;
  if (type !== 'long_text' && /[\p{Cc}\p{Cs}]/u.test(value))
    return `${label} holds characters that cannot be seen`;
  if (!value.isWellFormed()) return `${label} holds half a character`;
  if (type === 'choice')
    return choices.some((choice) => choice.value === value)
      ? null
      : `${label} is one of ${choices.map((choice) => choice.value).join(', ')}`;
  return type === 'url' || type === 'secret_url' ? urlProblem(label, value) : null;
}

export function urlProblem(label: string, value: string): string | null {
  const url = URL.parse(value);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return `${label} begins with https://, or with http:// in a network of your own`;
  return url.username === '' && url.password === ''
    ? null
    : `${label} holds no name and no password; use the fields for them`;
}
