import { inWords, isActive, isOneShotDone } from '../verify.ts';
import type { KindConduct } from './kind.ts';

export const restartService: KindConduct = {
  // A new invocation alone proves nothing, an old one disproves.
  failureAfterCommand: (state, invocationId, invocationBefore) => {
    if (invocationId === '' || invocationId === invocationBefore)
      return {
        code: 'not-active',
        detail: `systemd reported success but did not start it anew; ${inWords(state)}.`,
      };
    if (isActive(state) || isOneShotDone(state)) return null;
    const word = state.result !== 'success' ? state.result : 'not-active';
    return { code: word, detail: `It was started and did not stay up: ${word}; ${inWords(state)}.` };
  },
  success: 'It was restarted and stayed up.',
};
