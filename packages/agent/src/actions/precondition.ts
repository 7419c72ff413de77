import type { Expectation, StateClass } from '@homelabcmd/protocol';
import { Refused } from './refused.ts';

/** What is found on the server at the moment when an order is to be carried out. */
export interface Found {
  bootId: string;
  stateClass: StateClass;
  activeState: string;
  invocationId: string;
}

const IN_WORDS: Record<StateClass, string> = {
  running: 'running',
  down: 'down',
  crash_loop: 'crashing again and again',
};

/** @throws Refused when the service is no longer in the state that the approver saw */
export function checkPrecondition(expect: Expectation | null, found: Found): void {
  if (expect === null) return;
  const refuse = (detail: string) => {
    throw new Refused('precondition_failed', `Nothing was done: ${detail}`);
  };
  if (expect.boot_id !== found.bootId) refuse('the server has been restarted since the approval was given.');
  // A crash loop that ended by itself has become worse, not better: the restart is wanted all the more.
  const gaveUp =
    expect.state_class === 'crash_loop' && found.stateClass === 'down' && found.activeState === 'failed';
  if (expect.state_class !== found.stateClass && !gaveUp)
    refuse(
      `the service was ${IN_WORDS[expect.state_class]} when this was approved, and now it is ${IN_WORDS[found.stateClass]} (${found.activeState}).`,
    );
  if (expect.state_class === 'running' && expect.invocation_id !== found.invocationId)
    refuse('the service has been started anew since this was approved.');
}
