import { visible } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { HIDDEN_CHARACTER, hostileTexts } from './corpus.ts';
import { FAMILIES } from './families.ts';

test('there are five hundred and more, of every family, and each is another', () => {
  expect(hostileTexts.length).toBeGreaterThanOrEqual(500);
  for (const [name, texts] of Object.entries(FAMILIES))
    expect([name, texts.length > 9]).toEqual([name, true]);
});

test('many of them hide something, and what is made visible hides nothing', () => {
  expect(hostileTexts.filter((text) => HIDDEN_CHARACTER.test(text)).length).toBeGreaterThan(150);
  for (const text of hostileTexts) expect(visible(text)).not.toMatch(HIDDEN_CHARACTER);
});
