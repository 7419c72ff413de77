/** Numbers from 0 to 1 that look random and are the same in every run of a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: () => number, from: readonly T[]): T => {
  if (from.length === 0) throw new Error('nothing to pick from');
  return from[Math.floor(random() * from.length)] as T;
};

const ODD_VALUES: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\0',
  '\ud800',
  '😀'.repeat(300),
  'x'.repeat(3000),
  '../../etc/passwd',
  '.service',
  "'; DROP TABLE actions; --",
  '2026-02-30T00:00:00.000Z',
  [],
  {},
  { __proto__: null, toString: 1 },
  Array.from({ length: 60 }, () => ({})),
];

/** A JSON value with one thing wrong in it, or a text that is hardly JSON any more. */
export function mutated(random: () => number, value: unknown): string {
  const how = random();
  if (how < 0.65) return JSON.stringify(withOddNode(random, structuredClone(value)));
  const text = JSON.stringify(value);
  const at = Math.floor(random() * text.length);
  const until = at + Math.ceil(random() * 12);
  if (how < 0.75) return text.slice(0, at);
  if (how < 0.85) return text.slice(0, at) + text.slice(until);
  if (how < 0.95)
    return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0x300)) + text.slice(at + 1);
  return text.slice(0, until) + text.slice(at);
}

/** Walks down to some node and puts something odd there: another value, a key too many, a key too few. */
function withOddNode(random: () => number, root: unknown): unknown {
  let node = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(node);
    if (keys.length === 0) return root;
    const key = pick(random, keys);
    const child = node[key];
    const goesDeeper = typeof child === 'object' && child !== null && random() < 0.8;
    if (goesDeeper) {
      node = child as Record<string, unknown>;
      continue;
    }
    const how = random();
    if (how < 0.7) node[key] = pick(random, ODD_VALUES);
    else if (how < 0.85) delete node[key];
    else node[pick(random, ['extra', 'constructor', 'v', 'type'])] = pick(random, ODD_VALUES);
    return root;
  }
}
