import fc from 'fast-check';

/** A value that the fleet has when the request goes out: the n-th of its kind. */
export class Known {
  readonly kind: string;
  readonly nth: number;

  constructor(kind: string, nth: number) {
    this.kind = kind;
    this.nth = nth;
  }

  /** How a report shows it. */
  [fc.toStringMethod](): string {
    return `the ${this.kind} number ${this.nth}`;
  }
}

/** Fields whose values can be ones that are there, so that not every request ends at «not found». */
const KNOWN_KINDS = [
  ...['server_id', 'service_name', 'action_id', 'user_id', 'key_id', 'session_id', 'passkey_id'],
  ...['policy_name', 'digest', 'name', 'password', 'api_key', 'token', 'cursor', 'after'],
] as const;
const KINDS: ReadonlySet<string> = new Set(KNOWN_KINDS);

export const knownOf = (field: string): fc.Arbitrary<unknown> | null =>
  KINDS.has(field) ? fc.nat(20).map((nth) => new Known(field, nth)) : null;

/** Texts that have broken programs before. */
const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '%',
    '..',
    '../../etc/passwd',
    '-1',
    '0',
    '1e400',
    'NaN',
    '-0',
    '٣',
    'null',
    'true',
  ],
  ...["' OR 1=1 --", '"; DROP TABLE actions; --', '%_%', '\\', '=cmd|1!A0', '<script>alert(1)</script>'],
  ...['\u202Eevil\u202C', '\uFEFF', '\u2028', 'é', 'e\u0301', '😀', '\uD800', 'a\uDFFFb', '\r\nX-Evil: 1'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '$ref', '9007199254740993', '1'.repeat(400)],
  ...[
    'x'.repeat(300),
    '😀'.repeat(300),
    'x'.repeat(20_000),
    '2026-02-30T00:00:00.000Z',
    '+275760-09-13T00:00:00.001Z',
  ],
] as const;
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  '\0',
  'v',
  'x'.repeat(1000),
  '\uD800',
];

/**
 * What JSON can say and JavaScript cannot hold, or not print: it stands as a text until the body is written.
 * A number is itself; `deep` is so many lists or objects in one another.
 */
const asWritten = (what: string): string => `@@${what}@@`;
const WRITTEN = /"@@(deep|map|number) ([^@"]*)@@"/g;

/** The JSON of a value, with what stood for something else. */
export const jsonOf = (value: unknown): string =>
  (JSON.stringify(value) ?? '').replaceAll(WRITTEN, (_, what: string, of: string) => {
    if (what === 'number') return of;
    const depth = Number(of);
    return what === 'deep'
      ? '['.repeat(depth) + ']'.repeat(depth)
      : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  });

export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: oddText },
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 0.5, -0, 1e308, 5e-324, 2 ** 53, -(2 ** 63), [], {}, [[]], [null], ['']],
  ),
  fc
    .constantFrom(
      ...['number 1e400', 'number -1e400', 'number 0.1e-400', 'number 123456789012345678901234567890'],
      ...['deep 10', 'deep 1000', 'deep 20000', 'map 1000', 'map 20000'],
    )
    .map(asWritten),
  fc.constantFrom(100, 3000).map((length) => Array.from({ length }, () => ({}))),
  fc.jsonValue({ maxDepth: 2 }),
  fc
    .tuple(fc.constantFrom(...ODD_KEYS), fc.jsonValue({ maxDepth: 1 }))
    .map((pair) => Object.fromEntries([pair])),
);

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !(value instanceof Known);

const WAYS = ['replace', 'replace', 'replace', 'leave out', 'add', 'twist'] as const;

/** A value with one thing wrong in it, somewhere. */
export const mutatedOf = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      valid,
      fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...WAYS),
      oddValue,
      fc.constantFrom(...ODD_KEYS),
    )
    .map(([value, path, way, odd, key]) => withOdd(value, path, way, odd, key));

function withOdd(
  value: unknown,
  [step = 0, ...rest]: readonly number[],
  way: (typeof WAYS)[number],
  odd: unknown,
  key: string,
): unknown {
  if (!isNode(value)) return odd;
  const entries = Object.entries(value);
  const [name, child] = entries[step % Math.max(1, entries.length)] ?? [];
  if (name === undefined || way === 'add') return rebuilt(value, [...entries, [key, odd]]);
  if (rest.length > 0 && isNode(child))
    return rebuilt(
      value,
      entries.map((entry) => (entry[0] === name ? [name, withOdd(child, rest, way, odd, key)] : entry)),
    );
  if (way === 'leave out')
    return rebuilt(
      value,
      entries.filter(([each]) => each !== name),
    );
  if (way === 'twist')
    return rebuilt(
      value,
      entries.map((entry) => (entry[0] === name ? [name, twisted(child)] : entry)),
    );
  return rebuilt(
    value,
    entries.map((entry) => (entry[0] === name ? [name, odd] : entry)),
  );
}

/** The same in another type. */
const twisted = (value: unknown): unknown => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : [value];
};

const rebuilt = (like: Node, entries: readonly (readonly [string, unknown])[]): unknown =>
  Array.isArray(like) ? entries.map(([, value]) => value) : Object.fromEntries(entries);

/** A value with what the fleet has in the places that are for it. */
export function withKnown(value: unknown, find: (known: Known) => unknown): unknown {
  if (value instanceof Known) return find(value);
  if (!isNode(value)) return value;
  return rebuilt(
    value,
    Object.entries(value).map(([key, child]) => [key, withKnown(child, find)]),
  );
}
