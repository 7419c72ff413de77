import type { StateClass } from '@homelabcmd/protocol';
import { expect, test } from 'vitest';
import { checkPrecondition } from './precondition.ts';
import { Refused } from './refused.ts';

const found = (stateClass: StateClass, activeState: string, invocationId = 'aa') => ({
  bootId: 'boot-1',
  stateClass,
  activeState,
  invocationId,
});
const expected = (state_class: StateClass, invocation_id = 'aa') => ({
  state_class,
  boot_id: 'boot-1',
  invocation_id,
});

test.each([
  ['nothing was expected', null, found('running', 'active')],
  ['still failed', expected('down'), found('down', 'failed')],
  ['down has no run of its own', expected('down', 'zz'), found('down', 'inactive', '')],
  ['still running', expected('running'), found('running', 'active')],
  ['still looping, in another run', expected('crash_loop', 'zz'), found('crash_loop', 'activating')],
  ['it stopped looping by itself', expected('crash_loop'), found('down', 'failed')],
])('carried out: %s', (_name, expect_, now) => {
  expect(() => checkPrecondition(expect_, now)).not.toThrow();
});

test.each([
  ['someone started it', expected('down'), found('running', 'active'), 'now it is running (active)'],
  ['someone stopped it', expected('running'), found('down', 'inactive'), 'now it is down (inactive)'],
  ['someone stopped the loop', expected('crash_loop'), found('down', 'inactive'), 'now it is down'],
  ['someone restarted what was down', expected('down'), found('crash_loop', 'failed'), 'crashing again'],
  ['it runs in the loop', expected('running'), found('down', 'failed'), 'now it is down (failed)'],
  ['a loop that ended otherwise', expected('crash_loop'), found('running', 'failed'), 'now it is running'],
  ['it recovered', expected('crash_loop'), found('running', 'active'), 'now it is running'],
  ['another run', expected('running', 'bb'), found('running', 'active'), 'started anew'],
  [
    'another boot',
    { ...expected('down'), boot_id: 'boot-0' },
    found('down', 'failed'),
    'the server has been restarted',
  ],
])('refused: %s', (_name, expect_, now, words) => {
  expect(() => checkPrecondition(expect_, now)).toThrow(Refused);
  expect(() => checkPrecondition(expect_, now)).toThrow(words);
});
