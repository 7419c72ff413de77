import { endOpenActions } from './actions/set-back.ts';
import { freezeWithin } from './freeze/freeze.ts';
import type { SetbackParts } from './setback/declare.ts';

/** Where a setback meets the freeze and the actions. */
export const setbackParts: SetbackParts = {
  freeze: async (open, actor, reason) => {
    await freezeWithin(open, actor, { on: true, reason });
  },
  endOpenActions,
};
