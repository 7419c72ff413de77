import fc from 'fast-check';
import { knownOf, oddText } from './values.ts';

/** As much of JSON Schema as the hub's document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

type Shapes = Readonly<Record<string, Schema>>;

const MAX_DEPTH = 6;

/**
 * Values that a schema allows; and for fields whose values have to exist, mostly ones that do.
 * @param field what the value is called where it stands
 */
export function valuesOf(schema: Schema, shapes: Shapes, field = '', depth = 0): fc.Arbitrary<unknown> {
  const made = madeBy(schema, shapes, field, depth);
  const known = knownOf(field);
  return known === null ? made : fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: made });
}

function madeBy(schema: Schema, shapes: Shapes, field: string, depth: number): fc.Arbitrary<unknown> {
  const { $ref, anyOf, oneOf, allOf } = schema;
  if (depth > MAX_DEPTH) return fc.constant(null);
  const inner = (of: Schema, name = field) => valuesOf(of, shapes, name, depth + 1);
  if ($ref !== undefined) return inner(shapes[$ref.split('/').at(-1) ?? ''] ?? {});
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => inner(one)));
  if (allOf !== undefined)
    return fc
      .tuple(...allOf.map((one) => inner(one)))
      .map((parts) => Object.assign({}, ...(parts as object[])) as unknown);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, inner);
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.oneof(fc.integer(rangeOf(schema, 20)), fc.constantFrom(...endsOf(schema)));
    case 'number':
      return fc.double({ ...rangeOf(schema, 1e6), noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(
  { properties = {}, required = [] }: Schema,
  inner: (of: Schema, name: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, inner(of, name)]));
  return fc.record(fields, {
    requiredKeys: required.filter((name) => name in fields),
    noNullPrototype: true,
  });
}

const endsOf = ({ minimum = -(2 ** 53) + 1, maximum = 2 ** 53 - 1 }: Schema): number[] => [minimum, maximum];

const rangeOf = ({ minimum, maximum }: Schema, span: number) => {
  const min = minimum ?? (maximum === undefined ? 0 : maximum - span);
  return { min, max: Math.min(maximum ?? min + span, Number.MAX_SAFE_INTEGER) };
};

function textOf({ pattern, format, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
      .map((date) => date.toISOString());
  if (format === 'date')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
      .map((date) => date.toISOString().slice(0, 10));
  if (format === 'uuid') return fc.uuid();
  if (format === 'uri') return fc.webUrl();
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern)).map((text) => text.slice(0, maxLength));
  const most = Math.min(maxLength ?? 60, 600);
  const plain = fc.string({ minLength, maxLength: Math.max(minLength, Math.min(most, 30)) });
  const long = fc.string({ unit: 'grapheme', minLength, maxLength: most });
  return fc.oneof(
    { weight: 3, arbitrary: plain },
    long,
    oddText.map((text) => text.slice(0, most)),
  );
}
