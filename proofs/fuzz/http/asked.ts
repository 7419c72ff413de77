import fc from 'fast-check';
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

const TRANSPORTS = [
  ...[
    'long header',
    'many headers',
    'NUL in a header',
    'bare line ends',
    'no host',
    'two lengths',
    'bad length',
  ],
  ...[
    'length and chunks',
    'bad chunk',
    'chunked',
    'cut',
    'no version',
    'odd method',
    'folded header',
    'long address',
  ],
] as const;
type Transport = 'as it is' | (typeof TRANSPORTS)[number];

const WRITTEN = ['encoded', 'encoded', 'encoded', 'encoded', 'as it is', 'broken', 'twice'] as const;

const partOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Part> =>
  fc.record({ value, written: fc.constantFrom(...WRITTEN) }, { noNullPrototype: true });
const well = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Part> =>
  value.map((of) => ({ value: of, written: 'encoded' as const }));

const HEADERS: fc.Arbitrary<readonly [string, string]> = fc.constantFrom(
  ...([
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
    ['origin', '\u00ff'],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-dest', 'document'],
    ['accept', 'image/png'],
    ['accept', ''],
    ['accept-encoding', '*;q=0, x'],
    ['expect', '100-continue'],
    ['expect', '200-ok'],
    ['range', 'bytes=9-1'],
    ['if-none-match', '"*"'],
    ['content-encoding', 'gzip'],
    ['te', 'trailers'],
    ['upgrade', 'websocket'],
    ['x-api-key', ''],
    ['x-api-key', 'hlck_\u00e9\u00ff'],
    ['authorization', 'Bearer'],
    ['authorization', 'Bearer \u00ff'],
    ['authorization', 'Basic Og=='],
    ['cookie', 'homelabcmd_session=%ff; =;;; __proto__=1'],
    ['cookie', `homelabcmd_session=${'x'.repeat(5000)}`],
    ['idempotency-key', ''],
    ['idempotency-key', 'one two'],
    ['idempotency-key', 'once'],
    ['idempotency-key', 'x'.repeat(256)],
    ['last-event-id', '-1'],
    ['last-event-id', '1'],
    ['last-event-id', '99999999999999999999'],
    ['x-forwarded-for', "' , \u00ff, ::1"],
    ['x-forwarded-for', '999.1.1.1'],
    ['x-forwarded-proto', 'javascript'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'a b:c@d'],
    ['x-http-method-override', 'DELETE'],
    ['__proto__', '1'],
    ['constructor', 'x'],
  ] as const),
);

const TYPES = [
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'text/plain',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  '',
  '\u00ff',
  'application/json, text/html',
  'x'.repeat(500),
  'application/problem+json',
  null,
];

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
          ? mostly(fc.constant([]), fc.array(pair, { maxLength: 2 }), 8)
          : fc.array(pair, { maxLength: 4 }),
      body: bodyOf(operation, shapes),
      headers: mostly(fc.constant([]), fc.array(HEADERS, { minLength: 1, maxLength: 2 }), 5),
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
  return framed(
    `${method} ${address}${search === '' ? '' : `?${search}`}`,
    headers,
    body,
    asked.transport,
    isStream,
  );
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

function framed(
  first: string,
  headers: [string, string][],
  body: Buffer | null,
  transport: Transport,
  isStream: boolean,
): Sent {
  const all = [...headers];
  let [line, end, payload, isCut] = [`${first} HTTP/1.1`, '\r\n', body ?? Buffer.alloc(0), false];
  const length = String(payload.length);
  if (body !== null && !['chunked', 'bad chunk'].includes(transport)) all.push(['content-length', length]);
  switch (transport) {
    case 'long header':
      all.push(['x-long', 'x'.repeat(20_000)]);
      break;
    case 'many headers':
      for (let n = 0; n < 2500; n += 1) all.push([`x${n % 7}`, '']);
      break;
    case 'NUL in a header':
      all.push(['x-odd', 'a\0b']);
      break;
    case 'bare line ends':
      end = '\n';
      break;
    case 'no host':
      all.shift();
      break;
    case 'two lengths':
      all.push(['content-length', '1']);
      isCut = body === null;
      break;
    case 'bad length':
      all.push(['content-length', '-5']);
      break;
    case 'length and chunks':
      all.push(['transfer-encoding', 'chunked'], ['content-length', '3']);
      break;
    case 'bad chunk':
      all.push(['transfer-encoding', 'chunked']);
      payload = Buffer.from('zz\r\nnope\r\n0\r\n\r\n');
      break;
    case 'chunked':
      all.push(['transfer-encoding', 'chunked']);
      payload = Buffer.concat([
        Buffer.from(`${payload.length.toString(16)}\r\n`),
        payload,
        Buffer.from(payload.length === 0 ? '\r\n' : '\r\n0\r\n\r\n'),
      ]);
      break;
    case 'cut':
      isCut = true;
      all.push(['content-length', '999']);
      break;
    case 'no version':
      line = first;
      break;
    case 'odd method':
      line = `BREW ${line.slice(line.indexOf(' ') + 1)}`;
      break;
    case 'folded header':
      all.push(['x-odd', 'a\r\n b']);
      break;
    case 'long address':
      line = line.replace(' HTTP/1.1', `${first.includes('?') ? '&' : '?'}q=${'x'.repeat(17_000)} HTTP/1.1`);
      break;
    case 'as it is':
      break;
  }
  // A value of a header is read byte by byte; an address may hold anything.
  const head = Buffer.concat([
    Buffer.from(line, 'utf8'),
    Buffer.from(`${end}${all.map(([name, value]) => `${name}: ${value}${end}`).join('')}${end}`, 'latin1'),
  ]);
  return { bytes: Buffer.concat([head, payload]), isCut, isStream };
}
