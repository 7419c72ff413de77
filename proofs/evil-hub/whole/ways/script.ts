import { ALLOWED, UNLISTED } from '../server.ts';
import type { Arsenal, Way, Ways } from './way.ts';

/** Lines for the root-owned script, as they are: the agent is the attacker's, and nothing of it stands in between. */
const asks = (line: (arsenal: Arsenal) => string): Way => ({
  act: 'ask',
  lines: (arsenal, count) => Array.from({ length: count }, () => line(arsenal)),
});

/** What the script alone holds up: whoever asks has the rights of the agent's user. */
export const SCRIPT_WAYS: Ways = {
  'the script, for an allowed unit': asks(({ nextId }) => `restart ${nextId()} direct.service`),
  'the script, for what is not listed': asks(
    ({ nextId, chance }) => `restart ${nextId()} ${chance.pick(UNLISTED)}.service`,
  ),
  'the script, with another verb': asks(
    ({ nextId, chance }) =>
      `${chance.pick(['stop', 'reset-and-restart', 'start', 'fence', ''])} ${nextId()} ${chance.pick(['direct', 'db'])}.service`,
  ),
  'the script, with an id of before': asks(({ ran, nextId, chance }) => {
    const id = ran[chance.below(ran.length)]?.order_id ?? nextId();
    return `restart ${id} ${chance.pick(ALLOWED)}.service`;
  }),
};
