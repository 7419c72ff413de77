import type { Witness } from '../judge/witness.ts';
import type { Fleet } from '../fleet/fleet.ts';

/** The longest that anything in the product waits for, and some more. */
const REST_WITHIN_MS = 2 * 3_600_000;
const QUIET_MS = 3000;
const LOOK_MS = 500;

export async function playFor(fleet: Fleet, forMs: number): Promise<void> {
  const untilMs = fleet.timeline.nowMs + forMs;
  while (await fleet.timeline.step(untilMs));
}

/** Until everything has been connected and quiet for a while, or it is clear that it never will be. */
export async function playUntilQuiet(fleet: Fleet, witness: Witness): Promise<void> {
  const giveUpMs = fleet.timeline.nowMs + REST_WITHIN_MS;
  for (let quietMs = 0; quietMs < QUIET_MS; ) {
    if (fleet.timeline.nowMs > giveUpMs) {
      const restless = [...fleet.servers.values()].filter(({ isQuiet }) => !isQuiet).map(({ id }) => id);
      return witness.blame('P7', `no rest after two hours: ${restless.join(', ') || 'the hub'}`);
    }
    await playFor(fleet, LOOK_MS);
    quietMs = isQuiet(fleet, witness) ? quietMs + LOOK_MS : 0;
  }
}

function isQuiet(fleet: Fleet, witness: Witness): boolean {
  const { hub } = fleet;
  if (hub === null || hub.log.head !== witness.cursor()) return false;
  for (const server of fleet.servers.values())
    if (!server.isQuiet || !hub.link.isConnected(server.id)) return false;
  const out = fleet.disk.database
    .prepare(`SELECT 1 FROM actions WHERE status IN ('approved', 'dispatched', 'executing') LIMIT 1`)
    .get();
  return out === undefined;
}
