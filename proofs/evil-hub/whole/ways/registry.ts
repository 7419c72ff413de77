import { BODY_WAYS } from './bodies.ts';
import { FRAME_WAYS } from './frames.ts';
import { GREETING_WAYS } from './greetings.ts';
import { NAME_WAYS } from './names.ts';
import { REPLAY_WAYS } from './replays.ts';
import { SCRIPT_WAYS } from './script.ts';
import { SEAL_WAYS } from './seals.ts';
import { UPGRADE_WAYS } from './upgrades.ts';
import type { Way } from './way.ts';

/** All that the attacker tries, by what it is about. Another attack is a line in its file; another subject a file and a line here. */
const SUBJECTS = {
  'what an order holds': BODY_WAYS,
  'names of units': NAME_WAYS,
  replays: REPLAY_WAYS,
  'other frames': FRAME_WAYS,
  seals: SEAL_WAYS,
  'places in the greeting': GREETING_WAYS,
  'the script itself': SCRIPT_WAYS,
  upgrades: UPGRADE_WAYS,
} satisfies Record<string, Readonly<Record<string, Way>>>;

export interface NamedWay<W extends Way = Way> {
  readonly subject: string;
  readonly name: string;
  readonly way: W;
}

/** The ways of this kind, in the order in which they are listed. */
export const waysOf = <A extends Way['act']>(act: A): NamedWay<Extract<Way, { act: A }>>[] =>
  Object.entries(SUBJECTS).flatMap(([subject, ways]) =>
    Object.entries<Way>(ways).flatMap(([name, way]) =>
      way.act === act ? [{ subject, name, way: way as Extract<Way, { act: A }> }] : [],
    ),
  );
