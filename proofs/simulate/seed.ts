import { judgeAtRest } from '../world/judge/verdict.ts';
import { Witness } from '../world/judge/witness.ts';
import { Fleet, type Planted } from '../world/fleet/fleet.ts';
import { type FleetImage, SERVERS } from '../world/fleet/image.ts';
import { Timeline } from '../world/ground/timeline.ts';
import { copyStore, healAll, type Scene, strike } from './faults.ts';
import { People } from '../world/people/people.ts';
import { playFor, playUntilQuiet } from '../world/people/rest.ts';

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  /** SHA-256 of the whole trace: the same seed gives the same one. */
  readonly digest: string;
  readonly simulatedMs: number;
  readonly happenings: number;
  readonly frames: number;
  readonly statements: number;
  readonly runs: number;
  readonly calls: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly trace: readonly string[];
}

/** Plays one seed: a fleet, its people, its faults, and the rest after them. */
export async function playSeed(
  image: FleetImage,
  seed: number,
  { keepsTrace, planted }: { keepsTrace: boolean; planted?: Planted | undefined },
): Promise<SeedResult> {
  const draw = new Timeline(seed, false);
  const seconds = (least: number, most: number) => 1000 * draw.between(least, most);
  using fleet = new Fleet({
    ...{ seed, keepsTrace, image, planted },
    servers: SERVERS.slice(0, draw.between(1, SERVERS.length)),
    timing: {
      ...{ pendingTtlMs: seconds(20, 120), approvedTtlMs: seconds(4, 20), orderTtlMs: seconds(3, 20) },
      ...{
        dispatchedLeaseMs: seconds(5, 30),
        executingLeaseMs: seconds(5, 30),
        settleMs: draw.between(0, 2000),
      },
    },
    liveness: { staleAfterMs: 25_000, offlineAfterMs: 40_000 },
  });
  const witness = new Witness(fleet);
  fleet.watcher = witness;
  const people = new People(fleet, witness);
  const scene: Scene = { fleet, witness, people, image: null, counts: new Map(), isHealed: false };
  setTheScene(scene);
  await playFor(fleet, fleet.timeline.between(10_000, 60_000));
  healAll(scene);
  await playUntilQuiet(fleet, witness);
  for (const { id } of fleet.servers.values()) fleet.network.repeatAll(id);
  await playFor(fleet, 2000);
  await playUntilQuiet(fleet, witness);
  await judgeAtRest(fleet, witness, people.told);
  return resultOf(seed, scene);
}

function setTheScene(scene: Scene): void {
  const { fleet, people } = scene;
  const { timeline, servers } = fleet;
  fleet.startHubIn(1);
  for (const server of servers.values()) {
    for (const id of server.systemd.units.keys()) if (timeline.happens(0.6)) server.systemd.start(id);
    server.startAgentIn(timeline.between(5, 100));
  }
  for (let stories = timeline.between(2, 6); stories > 0; stories -= 1)
    fleet.later(timeline.between(200, 30_000), () => people.story());
  for (let strays = timeline.between(0, 3); strays > 0; strays -= 1)
    fleet.later(timeline.between(2000, 60_000), () => people.stray());
  if (timeline.happens(0.15)) {
    fleet.later(timeline.between(500, 20_000), () => people.freeze(true));
    fleet.later(timeline.between(21_000, 40_000), () => people.freeze(false));
  }
  // One seed in eight has no fault at all: what then goes wrong is the workload's.
  const isFaultless = timeline.happens(0.125);
  const isCopied = !isFaultless && timeline.happens(0.5);
  // A copy of before does not know a key of after: that server would have to be enrolled anew.
  if (isCopied) fleet.later(timeline.between(500, 20_000), () => copyStore(scene));
  else
    for (let keys = timeline.between(0, 4); keys > 0; keys -= 1) {
      const { id } = [...servers.values()][timeline.between(0, servers.size - 1)] ?? { id: '' };
      fleet.later(timeline.between(200, 40_000), () => people.renewKey(id));
    }
  if (isFaultless) return;
  for (let faults = timeline.between(1, 8); faults > 0; faults -= 1)
    fleet.later(timeline.between(300, 40_000), () => strike(scene));
}

function resultOf(seed: number, { fleet, witness, people, counts }: Scene): SeedResult {
  const { timeline, network, disk } = fleet;
  return {
    ...{ seed, violations: witness.violations, digest: timeline.digest(), trace: timeline.trace },
    ...{ simulatedMs: timeline.nowMs, happenings: timeline.happenings, frames: network.frames },
    ...{ statements: disk.statements, calls: people.calls },
    runs: [...witness.runs.values()].reduce((sum, runs) => sum + runs.length, 0),
    faults: Object.fromEntries(counts),
    outcomes: Object.fromEntries(witness.outcomes),
  };
}
