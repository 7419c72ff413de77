import { setTimeout as pause } from 'node:timers/promises';
import type { Lane } from './lane/lane.ts';
import type { Trigger } from './lane/trigger.ts';
import type { Fault, Points, RoundPlan } from './plan/plan.ts';
import { isDurable, pointsOf, SIDES, type Step, stepsBeyond, stepsOfEvery } from './plan/points.ts';
import { playRound, type RoundResult } from './round.ts';

const USUAL_RECORDINGS = 3;
const DEATH_WITHIN_MS = 20_000;

/** A round that was only to be recorded broke a rule already: there are no points, and there is a violation. */
export class RecordingBroken extends Error {
  readonly result: RoundResult;

  constructor(result: RoundResult) {
    super(`a restart that was to be recorded went wrong: ${result.violations.join('; ')}`);
    this.result = result;
  }
}

/** Faults after which the processes find their way back, each by another way. */
const DETOURS: readonly { isSlow: boolean; faults: readonly Fault[] }[] = [
  { isSlow: false, faults: [{ kind: 'sign', sign: 'claim', sides: ['hub'] }] },
  { isSlow: false, faults: [{ kind: 'sign', sign: 'claim', sides: ['agent'] }] },
  { isSlow: true, faults: [{ kind: 'sign', sign: 'start', sides: ['hub', 'agent'] }] },
  { isSlow: false, faults: [pointFault('agent', 'sync intent', 'after')] },
  { isSlow: false, faults: [pointFault('hub', 'send order', 'before')] },
  { isSlow: false, faults: [pointFault('agent', 'send order_result', 'before')] },
];

function pointFault(side: 'hub' | 'agent', label: string, when: 'before' | 'after'): Fault {
  return { kind: 'point', point: { side, label, nth: 1, when }, other: false };
}

/**
 * Lists the steps of one whole restart on both sides by looking at real ones, and those of processes that were killed on
 * the way. @throws RecordingBroken
 */
export async function recordPoints(
  lane: Lane,
  nextService: (isSlow: boolean) => string,
  only: { durable: boolean },
): Promise<Points> {
  const usual: Step[][] = [];
  for (let index = 0; index < USUAL_RECORDINGS; index += 1)
    usual.push(await recordRound(lane, { round: null, isSlow: false, faults: [] }, nextService));
  const steps = stepsOfEvery(usual);
  const detours: Step[][] = [];
  for (const { isSlow, faults } of DETOURS) {
    detours.push(await recordRound(lane, { round: null, isSlow, faults }, nextService));
  }
  const isWanted = (step: Step) => !only.durable || isDurable(step);
  return {
    usual: pointsOf(steps.filter(isWanted)),
    recovery: pointsOf(stepsBeyond(detours, steps).filter(isWanted)),
  };
}

async function recordRound(
  lane: Lane,
  plan: RoundPlan,
  nextService: (isSlow: boolean) => string,
): Promise<Step[]> {
  for (const side of SIDES) lane.triggers[side].record();
  const deaths = plan.faults.flatMap((fault) =>
    fault.kind === 'point' ? [lane.triggers[fault.point.side]] : [],
  );
  const recordings = deaths.map((trigger) => recordAfterDeath(trigger));
  const result = await playRound(lane, plan, nextService(plan.isSlow), []);
  await Promise.all(recordings);
  if (result.violations.length > 0) throw new RecordingBroken(result);
  const steps = SIDES.flatMap((side) => lane.triggers[side].recorded());
  for (const side of SIDES) lane.triggers[side].disarm();
  return steps;
}

/** A process that dies at a point is recorded again from its next start. */
async function recordAfterDeath(trigger: Trigger): Promise<void> {
  const before = trigger.kills();
  const giveUpAt = performance.now() + DEATH_WITHIN_MS;
  while (trigger.kills() === before && performance.now() < giveUpAt) await pause(2);
  trigger.record();
}
