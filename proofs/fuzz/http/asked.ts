import fc from 'fast-check';
import { framed, type Transport, TRANSPORTS } from './framing.ts';
import { HEADERS, TYPES } from './odd-headers.ts';
import type { Operation } from './operations.ts';
import { type Schema, valuesOf } from './shapes.ts';
import { jsonOf, type Known, mutatedOf, oddText, oddValue, withKnown } from './values.ts';
import type { Sent } from './wire.ts';

/** One request of an operation, before what the fleet has is put into it. */
export interface Asked {
  readonly path: readonly Part[];
  readonly query: readonly (readonly [name: string, Part])[];
  readonly body: Body | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly transport: Transport;
}

/** A text of an address, and how it is written there. */
interface Part {
  readonly value: unknown;
  readonly written: 'encoded' | 'as it is' | 'broken' | 'twice';
}

interface Body {
  readonly value: unknown;
  readonly type: string | null;
  /** What is done with the text of the JSON, at a place from 0 to 1. */
  readonly text: readonly ['as it is' | 'cut' | 'twice' | 'bytes' | 'empty' | 'NaN' | 'long', at: number];
}

const WRITTEN = ['encoded', 'encoded', 'encoded', 'encoded', 'as it is', 'broken', 'twice'] as const;

const partOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Part> =>
  fc.record({ value, written: fc.constantFrom(...WRITTEN) }, { noNullPrototype: true });
const well = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Part> =>
  value.map((of) => ({ value: of, written: 'encoded' as const }));

const oddQuery = fc.tuple(
  fc.oneof(fc.constantFrom('__proto__', 'constructor', 'limit[]', 'limit[a]', ''), oddText),
  partOf(oddText),
);

/** Requests of an operation: right ones, nearly right ones, and ones that are hardly requests. */
export function askedOf(operation: Operation, shapes: Readonly<Record<string, Schema>>): fc.Arbitrary<Asked> {
  const values = (schema: Schema, name: string) => valuesOf(schema, shapes, name);
  const path = operation.parameters
    .filter((one) => one.in === 'path')
    .map(({ name, schema }) => {
      const right = values(schema, name);
      return fc.oneof(
        { weight: 6, arbitrary: well(right) },
        { weight: 1, arbitrary: partOf(right) },
        { weight: 1, arbitrary: partOf(oddText) },
      );
    });
  const named = operation.parameters
    .filter((one) => one.in === 'query')
    .map(({ name, schema }) => {
      const right = well(values(schema, name));
      const one = fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: partOf(oddText) });
      return fc.tuple(fc.constant(name), one);
    });
  const pair =
    named.length === 0
      ? oddQuery
      : fc.oneof({ weight: 8, arbitrary: fc.oneof(...named) }, { weight: 1, arbitrary: oddQuery });
  return fc.record(
    {
      path: fc.tuple(...path),
      query:
        named.length === 0
          ? mostly<readonly (readonly [string, Part])[]>(fc.constant([]), fc.array(pair, { maxLength: 2 }), 8)
          : fc.array(pair, { maxLength: 4 }),
      body: bodyOf(operation, shapes),
      headers: mostly<Asked['headers']>(
        fc.constant([]),
        fc.array(HEADERS, { minLength: 1, maxLength: 2 }),
        5,
      ),
      transport: mostly<Transport>(fc.constant('as it is'), fc.constantFrom(...TRANSPORTS), 14),
    },
    { noNullPrototype: true },
  );
}

const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

function bodyOf(
  { body, method }: Operation,
  shapes: Readonly<Record<string, Schema>>,
): fc.Arbitrary<Body | null> {
  const right = body === null ? fc.constant({}) : valuesOf(body, shapes);
  const written = fc.record(
    {
      value: fc.oneof(
        { weight: 4, arbitrary: right },
        { weight: 4, arbitrary: mutatedOf(right) },
        { weight: 1, arbitrary: oddValue },
      ),
      type: mostly<string | null>(fc.constant('application/json'), fc.constantFrom(...TYPES), 12),
      text: mostly<Body['text']>(
        fc.constant(['as it is', 0]),
        fc.tuple(
          fc.constantFrom('cut', 'twice', 'bytes', 'empty', 'NaN', 'long'),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
        12,
      ),
    },
    { noNullPrototype: true },
  );
  if (method === 'GET') return mostly<Body | null>(fc.constant(null), written, 20);
  return body === null
    ? mostly<Body | null>(fc.constant(null), written, 3)
    : mostly<Body | null>(written, fc.constant(null), 12);
}

/** The request as it goes out. */
export function sentFor(
  { method, path, isStream }: Operation,
  asked: Asked,
  find: (known: Known) => unknown,
  credentials: readonly (readonly [string, string])[],
): Sent {
  let nth = 0;
  const textOf = ({ value, written }: Part) => writtenAs(String(withKnown(value, find)), written);
  const address = path.replaceAll(/\{\w+\}/g, () =>
    textOf(asked.path[nth++] ?? { value: 'x', written: 'encoded' }),
  );
  const search = asked.query.map(([name, part]) => `${writtenAs(name, 'encoded')}=${textOf(part)}`).join('&');
  const body = asked.body === null ? null : bytesOf(asked.body, find);
  const { type = null } = asked.body ?? {};
  const headers: [string, string][] = [
    ['host', '127.0.0.1'],
    ...credentials.map(([name, value]): [string, string] => [name, value]),
    ...asked.headers.map(([name, value]): [string, string] => [name, value]),
    ...(type === null ? [] : [['content-type', type] as [string, string]]),
  ];
  const first = `${method} ${address}${search === '' ? '' : `?${search}`}`;
  const request = { first, headers, payload: body ?? Buffer.alloc(0), hasBody: body !== null };
  return framed(request, asked.transport, isStream);
}

function writtenAs(text: string, written: Part['written']): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E');
  if (written === 'encoded') return encoded;
  if (written === 'twice') return encodeURIComponent(encoded);
  if (written === 'broken') return `${encoded}%E0%A4%G1%`;
  // Blanks and line ends would end the line; the rest goes out as bytes, whatever they are.
  return text.replaceAll(/[\0- \u007f?#]/g, '+').toWellFormed();
}

function bytesOf({ value, text: [how, at] }: Body, find: (known: Known) => unknown): Buffer {
  const text = jsonOf(withKnown(value, find));
  const place = Math.floor(at * text.length);
  if (how === 'empty') return Buffer.alloc(0);
  if (how === 'cut') return Buffer.from(text.slice(0, place));
  if (how === 'twice') return Buffer.from(text + text);
  if (how === 'NaN') return Buffer.from(`${text.slice(0, place)}NaN${text.slice(place)}`);
  if (how === 'long') return Buffer.from(`${' '.repeat(1024 * 1024)}${text}`);
  const bytes = Buffer.from(text);
  if (how === 'bytes' && bytes.length > 0) bytes[Math.min(place, bytes.length - 1)] = 0x80 + (place % 0x7f);
  return bytes;
}
