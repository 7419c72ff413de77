import type { Seeded } from '../../report/seeded.ts';
import { frameOf } from './wire.ts';

const ODD_VALUES: readonly [unknown, ...unknown[]] = [
  ...([null, true, false, -1, 0, 0.5, 1e308, 2 ** 53, -(2 ** 63), 4_294_967_296] as const),
  ...[
    '',
    ' ',
    '\0',
    '\uD800',
    '😀'.repeat(100),
    'x'.repeat(3000),
    '../../etc/passwd',
    '.service',
    '--version',
    '$(reboot)',
  ],
  ...[
    "'; DROP TABLE actions; --",
    '2026-02-30T00:00:00.000Z',
    '__proto__',
    'NaN',
    '\u202E',
    'a\r\nb',
    '9'.repeat(40),
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    JSON.parse('{"__proto__":{"a":1}}') as unknown,
    Array.from({ length: 60 }, () => ({})),
  ],
];
/** What is likely still right: the frame is done, and what is in it has to be borne. */
const MILD_VALUES: readonly [unknown, ...unknown[]] = [
  ...([null, 0, 1, 2, 7, 0.5, 1000, 65_535, true, false] as const),
  ...[
    '',
    'a',
    '\u202E',
    '😀',
    '\0',
    "'; DROP TABLE",
    '<b>',
    'plex.service',
    'x'.repeat(60),
    '2026-01-01T00:00:00.000Z',
  ],
];
const ODD_KEYS = ['extra', '__proto__', 'constructor', 'v', 'type', 'seal', ''] as const;

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** A copy of a frame with one thing in it changed. */
export function mutatedFrame(chance: Seeded, frame: object, isMild: boolean): object {
  const root = structuredClone(frame) as Node;
  for (let node = root; ; ) {
    const keys = Object.keys(node).filter(
      (key) => node !== root || !isMild || (key !== 'v' && key !== 'type'),
    );
    const [first, ...others] = keys;
    if (first === undefined) return root;
    const key = chance.pick([first, ...others]);
    const child = node[key];
    if (isNode(child) && chance.next() < 0.85) {
      node = child;
      continue;
    }
    const how = isMild ? 0 : chance.next();
    if (how < 0.7) node[key] = isMild ? mildFor(chance, child) : chance.pick(ODD_VALUES);
    else if (how < 0.85) delete node[key];
    else
      Object.defineProperty(node, chance.pick(ODD_KEYS), {
        value: chance.pick(ODD_VALUES),
        enumerable: true,
        configurable: true,
      });
    return root;
  }
}

/** Mostly one of the same type. */
function mildFor(chance: Seeded, like: unknown): unknown {
  for (let time = 0; time < 8; time += 1) {
    const value = chance.pick(MILD_VALUES);
    if (typeof value === typeof like) return value;
  }
  return chance.pick(MILD_VALUES);
}

/** A text that is hardly that of a frame any more. */
export function mutatedText(chance: Seeded, text: string): string {
  const at = chance.below(text.length);
  const until = at + 1 + chance.below(12);
  const how = chance.next();
  if (how < 0.2) return text.slice(0, at);
  if (how < 0.4) return text.slice(0, at) + text.slice(until);
  if (how < 0.8) return text.slice(0, at) + String.fromCharCode(chance.below(0x300)) + text.slice(at + 1);
  if (how < 0.9) return text.slice(0, until) + text.slice(at);
  return '['.repeat(1 + chance.below(20_000)) + text;
}

/** Bytes that are no whole text of a WebSocket: half a letter, a part too many, reserved bits, another kind of frame. */
export function oddBytes(chance: Seeded, text: string, isMasked: boolean): Buffer {
  const payload = Buffer.from(text, 'utf8');
  const how = chance.below(9);
  const whole = (first: number, bytes = payload) => frameOf(first, bytes, isMasked);
  if (how === 0) return whole(0x82);
  if (how === 1)
    return whole(
      0x81,
      Buffer.concat([payload.subarray(0, chance.below(payload.length)), Buffer.from([0xff, 0xc0])]),
    );
  if (how === 2) return Buffer.concat([whole(0x01), whole(0x81)]);
  if (how === 3) return whole(0x80);
  if (how === 4) return whole(0xc1);
  if (how === 5) return whole(0x80 | (3 + chance.below(5)));
  if (how === 6) return frameOf(0x81, payload, !isMasked);
  if (how === 7) return whole(0x89, Buffer.alloc(200));
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(2n ** BigInt(20 + chance.below(43)) + 1n);
  return Buffer.concat([Buffer.from([0x81, (isMasked ? 0x80 : 0) | 127]), length, Buffer.alloc(4), payload]);
}
