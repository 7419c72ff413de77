import type { EvilDoor, OpenLink } from './door.ts';
import { overGuard } from './rate.ts';
import type { WholeOutcome } from './run.ts';
import {
  ALLOWED,
  CANARIES,
  changesIn,
  LIMITS,
  type Picture,
  RUNNING,
  type Target,
  UNLISTED,
} from './server.ts';
import { type Arsenal, order, orderFrame } from './ways/way.ts';

/** Looks at the server itself, never at what the agent says of it. */
export interface Watch {
  /** The server has been started anew, and what runs there once: what is so now is as it should be. */
  begunAnew(): Promise<void>;
  /** Nothing was started that nobody has listed. */
  starts(): Promise<void>;
  /** That, and nothing else has changed, and no unit was started more often than the guard of the server allows. */
  all(): Promise<void>;
}

interface WatchParts {
  readonly target: Target;
  readonly door: EvilDoor;
  readonly outcome: WholeOutcome;
}

const MOST_CHANGES_TOLD = 10;

export async function openWatch({ target, door, outcome }: WatchParts): Promise<Watch> {
  const counts = new Map<string, number>();
  for (const name of UNLISTED) counts.set(name, (await target.starts(name)).length);
  let picture: Picture = await target.look();
  const say = (...found: readonly string[]) => {
    for (const one of found) if (!outcome.violations.includes(one)) outcome.violations.push(one);
  };
  door.listen({
    text(text) {
      for (const canary of CANARIES) if (text.includes(canary)) say(`The hub has heard «${canary}».`);
    },
  });
  const starts = async (due: readonly string[] = []) => {
    for (const name of UNLISTED) {
      const count = (await target.starts(name)).length;
      const more = count - (counts.get(name) ?? 0) - (due.includes(name) ? 1 : 0);
      counts.set(name, count);
      if (more === 0) continue;
      outcome.unlistedStarts += more;
      say(`${name} was started ${more} times more than by root, and nobody has listed it.`);
    }
  };
  const all = async () => {
    await starts();
    const changes = changesIn(picture, await target.look());
    outcome.changes += changes.length;
    say(...changes.slice(0, MOST_CHANGES_TOLD));
    for (const name of ALLOWED) {
      const times = (await target.starts(name)).map(({ atMs }) => atMs);
      outcome.starts[name] = times.length;
      say(...overGuard(name, times, LIMITS, name === 'auto'));
      const ids = [...outcome.ran.values()].filter((unit) => unit === `${name}.service`).length;
      // That one is asked of the script alone.
      if (name !== 'direct' && times.length > ids)
        say(`${name} was started ${times.length} times by ${ids} orders.`);
    }
  };
  return {
    ...{ starts: () => starts(), all },
    async begunAnew() {
      await starts(RUNNING);
      picture = await target.look();
    },
  };
}

/** After all of it the agent still does what a hub may ask for. */
export async function askHonestly(
  { door, outcome }: WatchParts,
  link: OpenLink,
  arsenal: Arsenal,
): Promise<void> {
  const asked = order(arsenal, { target: 'systemd:kept.service' });
  const answer = door.resultOf(asked.order_id);
  link.send(orderFrame(asked));
  const result = await answer;
  outcome.ran.set(asked.order_id, 'kept.service');
  if (result?.outcome !== 'completed')
    outcome.violations.push(
      `What a hub may ask for ended as ${result?.code ?? result?.outcome ?? 'nothing'} in the end.`,
    );
}
