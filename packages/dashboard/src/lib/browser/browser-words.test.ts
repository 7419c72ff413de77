import { expect, test } from 'vitest';
import { browserWords } from './browser-words.ts';

const LINUX = 'Mozilla/5.0 (X11; Linux x86_64';

test.each([
  [`${LINUX}; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Linux'],
  [`${LINUX}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1',
    'Safari on an iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['curl/8.14.1', 'curl'],
  ['', 'A program that does not say'],
])('%s', (said, words) => {
  expect(browserWords(said)).toBe(words);
});

test('what is nothing known is shown as it is, and not at any length', () => {
  expect(browserWords('x'.repeat(300))).toBe('x'.repeat(60));
});
