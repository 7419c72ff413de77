import { FAMILIES } from './families.ts';

/** What a browser would run, a terminal obey, a spreadsheet compute and a log take for two lines: each once, some 600. */
export const hostileTexts: readonly string[] = [...new Set(Object.values(FAMILIES).flat())];

/** Written out, so that what makes them visible is not asked what they are. */
const RANGES = [
  ...[
    '\\0-\\x08',
    '\\x0B-\\x1F',
    '\\x7F-\\x9F',
    '\\u00AD',
    '\\u034F',
    '\\u061C',
    '\\u115F',
    '\\u1160',
    '\\u17B4',
  ],
  ...['\\u180E', '\\u200B', '\\u200C', '\\u200E', '\\u200F', '\\u2028-\\u202E', '\\u2060-\\u2069', '\\u3164'],
  ...['\\uFEFF', '\\uFFA0', '\\uFFF9'],
];

/** Characters that no page may hold as they are: controls but for line ends and tabs, and what is drawn as nothing. */
export const HIDDEN_CHARACTER = new RegExp(`[${RANGES.join('')}]|\\p{Cs}`, 'u');
