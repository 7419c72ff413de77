import { POLICY } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { assertFramesInTable, FRAME_TYPES } from './every-frame.ts';

test('every frame that an agent can send has a line, and every line is of such a frame', () => {
  expect(FRAME_TYPES.toSorted()).toEqual(Object.keys(POLICY.frames).toSorted());
  assertFramesInTable();
});

test('a frame without a line does not start', () => {
  expect(() => assertFramesInTable([...FRAME_TYPES, 'run_shell'])).toThrow(
    'No line in the table of who may do what: the frame run_shell',
  );
});
