const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Range {
  readonly word: string;
  /** `the last hour`. */
  readonly words: string;
  readonly ms: number;
  /** How often it is read again. */
  readonly againMs: number;
}

/** How far back charts reach, by what stands in the address. */
export const RANGES = {
  '1h': { word: '1 h', words: 'the last hour', ms: HOUR_MS, againMs: 2 * MINUTE_MS },
  '6h': { word: '6 h', words: 'the last 6 hours', ms: 6 * HOUR_MS, againMs: MINUTE_MS },
  '24h': { word: '24 h', words: 'the last 24 hours', ms: DAY_MS, againMs: 5 * MINUTE_MS },
  '7d': { word: '7 d', words: 'the last 7 days', ms: 7 * DAY_MS, againMs: 30 * MINUTE_MS },
  '30d': { word: '30 d', words: 'the last 30 days', ms: 30 * DAY_MS, againMs: HOUR_MS },
  '1y': { word: '1 y', words: 'the last year', ms: 365 * DAY_MS, againMs: HOUR_MS },
} as const satisfies Record<string, Range>;
export type RangeId = keyof typeof RANGES;

/** The range that an address names; an hour, where it names none that there is. */
export const rangeOf = (text: string | undefined): RangeId =>
  text !== undefined && Object.hasOwn(RANGES, text) ? (text as RangeId) : '1h';

/** What charts show: a range that ends now, or a time that was. */
export type Shown = RangeId | { readonly fromMs: number; readonly toMs: number };

/** From when to when it is at this moment. */
export function spanOf(shown: Shown, nowMs: number): { from: string; to: string | undefined } {
  const time = (ms: number) => new Date(ms).toISOString();
  if (typeof shown === 'string') return { from: time(nowMs - RANGES[shown].ms), to: undefined };
  return { from: time(shown.fromMs), to: time(shown.toMs) };
}
