import type { EvilDoor, OpenLink } from './door.ts';
import { overGuard } from './rate.ts';
import type { WholeOutcome } from './run.ts';
import { ALLOWED, CANARIES, changesIn, LIMITS, type Picture, type Target, UNLISTED } from './server.ts';
import { type Arsenal, order, orderFrame } from './ways/way.ts';

/** Looks at the server itself, never at what the agent says of it. */
export interface Watch {
  /** What is so now is as it should be. */
  begin(): Promise<void>;
  /** Nothing was started that nobody has listed. */
  starts(): Promise<void>;
  /** That, and nothing else has changed, and no unit was started more often than the guard of the server allows. */
  all(): Promise<void>;
  /** All of that, and the agent still does what a hub may ask for. */
  conclude(freshLink: () => Promise<OpenLink>, arsenal: Arsenal): Promise<void>;
}

const MOST_CHANGES_TOLD = 10;

export async function openWatch(parts: {
  target: Target;
  door: EvilDoor;
  outcome: WholeOutcome;
}): Promise<Watch> {
  const { target, door, outcome } = parts;
  const { violations } = outcome;
  const say = (...found: readonly string[]) => {
    for (const one of found) if (!violations.includes(one)) violations.push(one);
  };
  const counts = new Map<string, number>();
  let picture: Picture = await target.look();
  const heard = new Set<string>();
  door.listen({
    text(text) {
      for (const canary of CANARIES) if (text.includes(canary)) heard.add(canary);
    },
  });
  const begin = async () => {
    picture = await target.look();
    for (const name of UNLISTED) counts.set(name, (await target.starts(name)).length);
  };
  const starts = async () => {
    for (const name of UNLISTED) {
      const count = (await target.starts(name)).length;
      const more = count - (counts.get(name) ?? 0);
      counts.set(name, count);
      if (more === 0) continue;
      outcome.unlistedStarts += more;
      say(`${name} was started ${more} times, and nobody has listed it.`);
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
      if (name !== 'direct' && times.length > ids)
        say(`${name} was started ${times.length} times by ${ids} orders.`);
    }
    for (const canary of heard) say(`The hub has heard «${canary}».`);
    heard.clear();
  };
  await begin();
  return {
    ...{ begin, starts, all },
    async conclude(freshLink, arsenal) {
      const link = await freshLink();
      const asked = order(arsenal, { target: 'systemd:kept.service' });
      const answer = door.resultOf(asked.order_id);
      link.send(orderFrame(asked));
      const result = await answer;
      outcome.ran.set(asked.order_id, 'kept.service');
      if (result?.outcome !== 'completed')
        say(`What a hub may ask for ended as ${result?.code ?? result?.outcome ?? 'nothing'} in the end.`);
      await all();
    },
  };
}
