import { type Html, html } from './html.ts';
import type { JsonSchema } from './schemas.ts';

const REFERENCE = '#/components/schemas/';

/** What a value may be, in words: `integer, at least 1`, a link to a shape, `list of …`; objects with their fields. */
export function shapeView(schema: JsonSchema): Html {
  if (schema.$ref?.startsWith(REFERENCE) === true) {
    const name = schema.$ref.slice(REFERENCE.length);
    return html`<a href="#shape-${name}">${name}</a>`;
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return eitherView(choices.map((choice) => choice as JsonSchema));
  if (schema.const !== undefined) return valuesView([schema.const]);
  if (schema.enum) return valuesView(schema.enum);
  if (Array.isArray(schema.type)) return eitherView(schema.type.map((type) => ({ ...schema, type })));
  if (schema.type === 'array') return html`list of ${shapeView((schema.items ?? {}) as JsonSchema)}`;
  if (schema.properties) return fieldsView(schema);
  if (typeof schema.additionalProperties === 'object')
    return html`object by name, each ${shapeView(schema.additionalProperties as JsonSchema)}`;
  return html`${WORDS[schema.type ?? ''] ?? 'anything'}${rulesOf(schema)}`;
}

/** The fields of an object, one below the other; one that may be left out says so. */
export function fieldsView({ properties = {}, required = [] }: JsonSchema): Html {
  const fields = Object.entries(properties);
  if (fields.length === 0) return html`<code>{}</code>`;
  return html`<dl class="fields">${fields.map(([name, field]) => {
    const optional = required.includes(name) ? null : html`<span class="note">optional</span>`;
    return html`<div><dt><code>${name}</code> ${optional}</dt><dd>${shapeView(field as JsonSchema)}</dd></div>`;
  })}</dl>`;
}

const WORDS: Record<string, string> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
  object: 'object',
};

function eitherView(choices: readonly JsonSchema[]): Html {
  const parts = choices.map((choice, index) => html`${index === 0 ? '' : ' or '}${shapeView(choice)}`);
  return html`${parts}`;
}

const valuesView = (values: readonly unknown[]): Html =>
  html`${values.map((value, index) => html`${index === 0 ? '' : ' · '}<code>${String(value)}</code>`)}`;

/** The limits of a value, as people say them. */
function rulesOf(schema: JsonSchema): string {
  const { type, format, pattern, minLength, maxLength, minimum, maximum, exclusiveMinimum } = schema;
  const rules = [
    format === 'date-time' ? 'a time, RFC 3339 in UTC' : '',
    pattern === undefined || format !== undefined ? '' : `matching ${pattern}`,
    minLength === undefined ? '' : `at least ${minLength} long`,
    maxLength === undefined ? '' : `at most ${maxLength} long`,
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    minimum === undefined ? '' : `at least ${minimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
    schema.default === undefined || type === 'object'
      ? ''
      : `${JSON.stringify(schema.default)} when left out`,
  ];
  return rules
    .filter((rule) => rule !== '')
    .map((rule) => `, ${rule}`)
    .join('');
}
