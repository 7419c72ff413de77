import { expect, test } from 'vitest';
import { stepLook } from './steps.ts';

test('systemctl that ended well is green, and one that did not is no success', () => {
  expect(stepLook('systemctl_done', 0).tone).toBe('ok');
  expect(stepLook('systemctl_done', null).tone).toBe('ok');
  expect(stepLook('systemctl_done', 1)).toMatchObject({ tone: 'bad', word: 'systemctl done' });
});

test('a status that is no step of its own looks as the action does', () => {
  expect(stepLook('completed', 0).word).toBe('Completed');
});

test('a step that this page has never heard of is shown as it is spelt', () => {
  expect(stepLook('pondered', 1)).toMatchObject({ word: 'pondered', tone: 'mute' });
});
