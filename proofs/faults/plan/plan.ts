import { seeded, type Seeded } from '../../report/seeded.ts';
import type { Point, Side } from './points.ts';

/** What the round waits for before a kill that is not at a step of our own processes. */
export type Sign =
  /** The restart script has made the folder of the order: between its claim and its run. */
  | 'claim'
  /** The service has begun to start, which takes a while for a slow one. */
  | 'start';

/** One thing that goes wrong. */
export type Fault =
  | { readonly kind: 'point'; readonly point: Point; readonly other: boolean }
  | { readonly kind: 'time'; readonly sides: readonly Side[]; readonly afterMs: number }
  | { readonly kind: 'sign'; readonly sign: Sign; readonly sides: readonly Side[] }
  /** The server loses its power, `afterMs` after the sign. */
  | { readonly kind: 'reboot'; readonly sign: Sign; readonly afterMs: number };

/** One order and what goes wrong on its way, one thing after the other. */
export interface RoundPlan {
  /** `null` while the steps are recorded: that is no round of the proof. */
  readonly round: number | null;
  readonly isSlow: boolean;
  readonly faults: readonly Fault[];
}

export interface Points {
  /** The steps of a restart in which nothing goes wrong, before and after. */
  readonly usual: readonly Point[];
  /** The steps of a process that finds its way back. */
  readonly recovery: readonly Point[];
}

const POINT_ROUNDS_OF_TEN = 7;
const WHOLE_RESTART_MS = 350;
const RECOVERY_MS = 900;
const SECOND_FAULT_SHARE = 0.6;

/**
 * What goes wrong in a round: a function of the seed, the round and the points, and of nothing that happened before.
 * Seven rounds of ten take the points one after the other in an order drawn from the seed; the other three are kills at any
 * time, kills at a sign, and now and then a loss of power.
 */
export function planOf(seed: number, round: number, points: Points): RoundPlan {
  const chance = seeded(seed, round);
  const place = round % 10;
  if (place < POINT_ROUNDS_OF_TEN) {
    const order = seeded(seed).shuffled(points.usual);
    const point = order[(Math.floor(round / 10) * POINT_ROUNDS_OF_TEN + place) % order.length];
    if (point === undefined) throw new Error('there is no point at which anything could be killed');
    const first: Fault = { kind: 'point', point, other: chance.next() < 0.15 };
    return { round, isSlow: false, faults: [first, ...secondFault(chance, points)] };
  }
  if (place < 9) {
    const first: Fault = { kind: 'time', sides: drawSides(chance), afterMs: chance.below(WHOLE_RESTART_MS) };
    return { round, isSlow: chance.next() < 0.3, faults: [first, ...secondFault(chance, points)] };
  }
  const sign = chance.pick<Sign>(['claim', 'start']);
  const isReboot = Math.floor(round / 10) % 2 === 0;
  const first: Fault = isReboot
    ? { kind: 'reboot', sign, afterMs: chance.below(400) }
    : { kind: 'sign', sign, sides: drawSides(chance) };
  const isSlow = sign === 'start' || chance.next() < 0.5;
  return { round, isSlow, faults: [first, ...secondFault(chance, points)] };
}

function secondFault(chance: Seeded, { recovery }: Points): Fault[] {
  if (chance.next() >= SECOND_FAULT_SHARE) return [];
  const point = recovery[chance.below(recovery.length)];
  return point !== undefined && chance.next() < 0.5
    ? [{ kind: 'point', point, other: chance.next() < 0.1 }]
    : [{ kind: 'time', sides: drawSides(chance), afterMs: chance.below(RECOVERY_MS) }];
}

const drawSides = (chance: Seeded): readonly Side[] =>
  chance.pick<readonly Side[]>([['hub'], ['agent'], ['hub'], ['agent'], ['hub', 'agent']]);
