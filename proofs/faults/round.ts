import { setTimeout as pause } from 'node:timers/promises';
import type { Action } from '@homelabcmd/protocol';
import { ProblemAnswer } from '@homelabcmd/testkit';
import type { Lane } from './lane/lane.ts';
import { type Acknowledged, abandon, approve, readAction, request, untilSettled } from './lane/person.ts';
import type { RoundPlan } from './plan/plan.ts';
import { type FaultPlay, type Kill, playFaults } from './play-faults.ts';
import { violationsOf } from './verdict.ts';

export interface RoundResult {
  readonly plan: RoundPlan;
  readonly lane: string;
  readonly service: string;
  /** `null` when it came to no action. */
  readonly action: Pick<Action, 'action_id' | 'order_id' | 'status'> | null;
  /** Why it was refused, or how it failed. */
  readonly code: string | null;
  readonly told: Acknowledged;
  readonly runs: readonly string[];
  readonly deliveries: number;
  readonly kills: readonly Kill[];
  readonly missed: readonly string[];
  readonly violations: readonly string[];
  readonly durationMs: number;
}

const ANSWERED_WITHIN_MS = 30_000;
const ANSWER_TIME_MS = 3000;

/** Plays one order with its faults, waits until all is quiet, and judges. `earlier` are orders of rounds before. */
export async function playRound(
  lane: Lane,
  plan: RoundPlan,
  service: string,
  earlier: readonly string[],
): Promise<RoundResult> {
  const startedMs = performance.now();
  const before = await lane.server.runs(service);
  const told: Acknowledged = { requested: false, approved: false };
  const endsBefore = lane.hub.ownEnds.length;
  lane.relay.beginRound();
  const play = playFaults(lane, plan.faults, { service, beganWith: before.length });
  const about = { plan, lane: lane.name, service, told };
  const partsOf = () => ({
    kills: play.kills,
    missed: play.missed,
    durationMs: performance.now() - startedMs,
  });
  try {
    const settled = await playOrder(lane, play, service, told, earlier);
    const runs = (await lane.server.runs(service)).slice(before.length);
    const deliveries = lane.relay.deliveries.get(settled.order_id) ?? 0;
    const state = await lane.server.state(service);
    // Read last: what was said before is to be true still.
    const action = await readAction(lane, settled.action_id);
    const facts = { told, action, runs, service: state, wasRebooted: play.rebooted, deliveries };
    const violations = [
      ...violationsOf(facts),
      ...(action.status === settled.status ? [] : [`a ${settled.status} action became ${action.status}`]),
      ...lane.hub.ownEnds.slice(endsBefore),
    ];
    if (action.status === 'unknown' && violations.length === 0) await abandon(lane, action.action_id);
    const { action_id, order_id, status } = action;
    return {
      ...{ ...about, ...partsOf(), runs, deliveries, violations },
      action: { action_id, order_id, status },
      code: status === 'completed' ? null : (action.result?.code ?? null),
    };
  } catch (error) {
    play.quiet();
    await play.done.catch(() => undefined);
    const runs = (await lane.server.runs(service).catch(() => before)).slice(before.length);
    const why = error instanceof Error ? error.message : String(error);
    const violation = error instanceof ProblemAnswer ? `the hub answered ${why}` : why;
    return { ...about, ...partsOf(), runs, action: null, code: null, deliveries: 0, violations: [violation] };
  }
}

/** From the request until everything is up, connected and quiet, and no fault is to come any more. */
async function playOrder(
  lane: Lane,
  play: FaultPlay,
  service: string,
  told: Acknowledged,
  earlier: readonly string[],
): Promise<Action> {
  const failed = play.done.then(() => new Promise<never>(() => undefined));
  const person = (async () => {
    const shown = await request(lane, service, told);
    await approve(lane, shown, told);
    return untilQuiet(lane, shown.action_id, earlier);
  })();
  // When the faults cannot be played, nobody waits for the order any more.
  person.catch(() => undefined);
  const action = await Promise.race([person, failed]);
  const killsSeen = play.kills.length;
  play.quiet();
  await play.done;
  return play.kills.length === killsSeen ? action : untilQuiet(lane, action.action_id, earlier);
}

/** The action has ended, both sides are connected, and the agent has answered its order once more, and an earlier one. */
async function untilQuiet(lane: Lane, actionId: number, earlier: readonly string[]): Promise<Action> {
  const action = await untilSettled(lane, actionId);
  await lane.connected();
  const { relay } = lane;
  const giveUpAt = performance.now() + ANSWERED_WITHIN_MS;
  const repeated = [...relay.ordersOfRound, ...earlier];
  while (relay.ordersOfRound.length > 0) {
    const answersOf = () => relay.ordersOfRound.map((orderId) => relay.results.get(orderId) ?? 0);
    const [answers, losses] = [answersOf(), relay.lostLinks];
    const answerBy = performance.now() + ANSWER_TIME_MS;
    if (relay.repeat(repeated))
      while (relay.lostLinks === losses && performance.now() < answerBy) {
        if (answersOf().every((count, index) => count > (answers[index] ?? 0))) return action;
        await pause(2);
      }
    if (performance.now() > giveUpAt)
      throw new Error('the agent does not answer an order that was delivered again');
    await lane.connected();
  }
  return action;
}
