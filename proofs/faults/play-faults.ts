import { setTimeout as pause } from 'node:timers/promises';
import type { Lane } from './lane/lane.ts';
import type { Fault } from './plan/plan.ts';
import { nameOf, type Side } from './plan/points.ts';

export interface Kill {
  readonly side: Side | 'server';
  /** The point, or in what other way. */
  readonly where: string;
}

/** The faults of one round, while they happen. */
export interface FaultPlay {
  readonly kills: readonly Kill[];
  /** Faults whose moment did not come in this round. */
  readonly missed: readonly string[];
  readonly rebooted: boolean;
  /** All is told of the order: what waits for a step of it waits no longer. */
  quiet(): void;
  /** Settles when each fault has happened or was given up. */
  readonly done: Promise<void>;
}

interface Scene {
  readonly lane: Lane;
  readonly service: string;
  readonly beganWith: number;
  readonly kills: Kill[];
  readonly missed: string[];
  readonly quiet: AbortSignal;
}

const LOOK_EVERY_MS = 4;
const DOWN_AT_MOST_MS = 5000;

/** Starts at once: when it returns, the first fault is armed. */
export function playFaults(
  lane: Lane,
  faults: readonly Fault[],
  about: { service: string; beganWith: number },
): FaultPlay {
  const quiet = new AbortController();
  const kills: Kill[] = [];
  const missed: string[] = [];
  const scene: Scene = { ...about, lane, kills, missed, quiet: quiet.signal };
  const done = (async () => {
    for (const fault of faults) await play(fault, scene);
  })();
  return {
    kills,
    missed,
    get rebooted() {
      return kills.some(({ side }) => side === 'server');
    },
    quiet: () => quiet.abort(),
    done,
  };
}

async function play(fault: Fault, scene: Scene): Promise<void> {
  switch (fault.kind) {
    case 'point':
      return playPoint(fault, scene);
    case 'time':
      await pause(fault.afterMs);
      return killEach(fault.sides, 'at any time', scene);
    case 'sign': {
      if (!(await sign(fault.sign, scene))) return;
      return killEach(
        fault.sides,
        fault.sign === 'claim' ? 'between claim and run' : 'while it starts',
        scene,
      );
    }
    case 'reboot': {
      if (!(await sign(fault.sign, scene))) return;
      await pause(fault.afterMs);
      scene.kills.push({ side: 'server', where: `loses its power, order at work (${fault.sign})` });
      return scene.lane.server.losePower();
    }
  }
}

async function playPoint(fault: Extract<Fault, { kind: 'point' }>, scene: Scene): Promise<void> {
  const { point, other } = fault;
  const { lane, kills, missed, quiet } = scene;
  const trigger = lane.triggers[point.side];
  const before = trigger.kills();
  trigger.arm(point);
  while (trigger.kills() === before) {
    if (quiet.aborted && trigger.disarm()) {
      missed.push(nameOf(point));
      return;
    }
    await pause(LOOK_EVERY_MS);
  }
  kills.push({ side: point.side, where: nameOf(point) });
  if (other) await killEach([point.side === 'hub' ? 'agent' : 'hub'], 'just after the other', scene);
}

async function sign(name: 'claim' | 'start', { lane, service, beganWith, missed, quiet }: Scene) {
  const isGiven = await lane.server.untilSign(name, service, beganWith, quiet);
  if (!isGiven) missed.push(`at the sign «${name}»`);
  return isGiven;
}

async function killEach(sides: readonly Side[], where: string, { lane, kills }: Scene): Promise<void> {
  const both = sides.length > 1 ? ', both at once' : '';
  for (const side of sides) {
    const giveUpAt = performance.now() + DOWN_AT_MOST_MS;
    // A process that is down at this moment is killed as soon as it is there.
    while (!lane.kill(side)) {
      if (performance.now() > giveUpAt) throw new Error(`the ${side} of ${lane.name} stays down`);
      await pause(1);
    }
    kills.push({ side, where: where + both });
  }
}
