import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawCut, imageAt, layImage, seenBefore } from '../disk/image.ts';
import type { Recording } from '../disk/recording.ts';
import { factsOfLife, PATHS_OF, type Planted, type Side } from '../side.ts';
import { checkAgent } from './check.ts';
import { hurryTime } from './hurry.ts';
import { recordAgentLife, type Seen } from './life.ts';
import { allowedOf, type Given, orderOf } from './orders.ts';
import { groundIn, layGround, type Run } from './script.ts';

const NEW_ORDERS = 8;

/** A server with its agent, its restart script and the claims: their disk is one, and loses its power as one. */
export function agentSide(planted: Planted | null): Side {
  const folder = mkdtempSync(join(tmpdir(), 'homelabcmd-powercuts-agent-'));
  const ground = groundIn(join(folder, 'life'));
  const spare = groundIn(join(folder, 'cut'));
  let recording: Recording<Seen> | null = null;
  let orders: Given[] = [];
  let seenEarlier: readonly Seen[] = [];
  let last: { image: ReadonlyMap<string, Buffer | null>; seen: readonly Seen[] } | null = null;
  let boots = 0;
  const lay = (on: typeof ground, image: ReadonlyMap<string, Buffer | null>, seen: readonly Seen[]) => {
    boots += 1;
    rmSync(on.dir, { recursive: true, force: true });
    layImage(image, on.disk);
    layGround(on, { units: allowedOf(orders), boot: `boot-${boots}`, runs: runsOf(seen) });
  };
  return {
    name: 'agent',
    async live(chance, isFresh) {
      const from = isFresh || last === null ? null : last;
      const first = chance.below(1e9) * NEW_ORDERS;
      const fresh = Array.from({ length: NEW_ORDERS }, (_, n) => orderOf(first + n));
      // Those of earlier lives are delivered once more.
      orders = from === null ? fresh : [...orders, ...fresh];
      seenEarlier = from?.seen ?? [];
      lay(ground, from?.image ?? new Map(), seenEarlier);
      recording = await recordAgentLife(
        ground,
        join(folder, 'trace'),
        orders,
        planted === null ? undefined : (path) => !PATHS_OF[planted].test(path),
      );
      return factsOfLife(recording.steps);
    },
    async cut(chance) {
      if (recording === null) throw new Error('There is no life to cut.');
      const cut = drawCut(recording, chance);
      const image = imageAt(recording, cut, chance);
      const seen = [...seenEarlier, ...seenBefore(recording, cut)];
      lay(spare, image, seen);
      last = { image, seen };
      using _hurried = hurryTime(20);
      return { cut, ...(await checkAgent(spare, orders, seen)) };
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const runsOf = (seen: readonly Seen[]): Run[] => seen.flatMap((one) => (one.kind === 'run' ? [one.run] : []));
