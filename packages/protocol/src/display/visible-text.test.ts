import { expect, test } from 'vitest';
import { plainJson, visible } from './visible-text.ts';

test.each([
  ['cod\u202Eexe.service', 'cod⟨U+202E⟩exe.service'],
  ['a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
  ['\u061C\u200E\u200F', '⟨U+061C⟩⟨U+200E⟩⟨U+200F⟩'],
  ['\u001B[31mred', '⟨U+001B⟩[31mred'],
  ['\u009B31m\u0085\u007F', '⟨U+009B⟩31m⟨U+0085⟩⟨U+007F⟩'],
  ['a\0b\rc\nd', 'a⟨U+0000⟩b⟨U+000D⟩c⏎d'],
  ['ple\u200Bx\u200C\u200D\u2060\uFEFF\u00AD', 'ple⟨U+200B⟩x⟨U+200C⟩⟨U+200D⟩⟨U+2060⟩⟨U+FEFF⟩⟨U+00AD⟩'],
  ['one\u2028two\u2029', 'one⟨U+2028⟩two⟨U+2029⟩'],
  ['\uD800 and \uDC00', '⟨U+D800⟩ and ⟨U+DC00⟩'],
  ['\u{E0041}\u115F\u3164', '⟨U+E0041⟩⟨U+115F⟩⟨U+3164⟩'],
  ['1\uFE0F', '1⟨U+FE0F⟩'],
])('%j is shown as %s, and that as it is', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(visible(shown)).toBe(shown);
});

test.each(['plex.service', 'a\tb', 'näin ei käy', '日本', 'שלום', '👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈 👍🏽', '<b>&amp;</b>', ''])(
  '%j is shown as it is',
  (text) => {
    expect(visible(text)).toBe(text);
  },
);

test('JSON in which nothing is hidden is the same JSON, of one line', () => {
  const every = Array.from({ length: 0xff }, (_, code) => String.fromCharCode(code)).join('');
  const thing = { text: `${every}\u202E\u2028\u{E0041}\uFEFF\uD800 日本 😀`, '\u202Ekey': ['\u0085'] };
  const json = plainJson(JSON.stringify(thing));
  expect(JSON.parse(json)).toEqual(thing);
  expect(json).toContain('\\u202e\\u2028\\udb40\\udc41\\ufeff\\ud800 日本 😀');
  expect(visible(json)).toBe(json);
});

test('a long text takes no long time', () => {
  const started = performance.now();
  visible('\u200D\uFE0F👩'.repeat(50_000));
  plainJson('\u202E'.repeat(100_000));
  expect(performance.now() - started).toBeLessThan(1000);
});
