import type { AgentFrame } from '@homelabcmd/protocol';
import { openServer, type ToHub } from './server.ts';
import type { Seen } from './life.ts';
import { type Given, orderFrame, queryFrame } from './orders.ts';
import { type Ground, runsIn } from './script.ts';

export interface AgentVerdict {
  readonly violations: readonly string[];
  /** How many orders ended as what. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly promises: number;
}

type Result = Extract<AgentFrame, { type: 'order_result' }>['result'];

/** Which counts of runs an outcome may stand for. */
const RUNS: Record<Result['outcome'], readonly number[]> = {
  completed: [1],
  failed: [1],
  refused: [0],
  unknown: [0, 1],
};
const WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 2;

/**
 * Starts the real agent's order runner on what a loss of power has left, gives it every order again, and asks about each:
 * none may run that ran before, and none may end otherwise than it ran, or otherwise than the hub was told before.
 */
export async function checkAgent(
  ground: Ground,
  given: readonly Given[],
  seen: readonly Seen[],
): Promise<AgentVerdict> {
  const results = new Map<string, Set<Result['outcome']>>();
  const hear = (frame: ToHub) => {
    if (frame.type !== 'order_result') return;
    const outcomes = results.get(frame.order_id) ?? new Set();
    results.set(frame.order_id, outcomes.add(frame.result.outcome));
  };
  const violations: string[] = [];
  try {
    await using server = await openServer(ground, hear);
    for (const one of given) server.take(orderFrame(one));
    await until(() => given.every(({ order }) => results.has(order.order_id)) && !server.isAtWork());
    for (const one of given) server.take(orderFrame(one));
    server.take(queryFrame(given.map(({ order }) => order.order_id)));
    await until(() => !server.isAtWork());
  } catch (error) {
    violations.push(`the agent does not work: ${(error as Error).message}`);
  }
  const outcomes: Record<string, number> = {};
  for (const one of given) {
    const ended = [...(results.get(one.order.order_id) ?? [])];
    for (const outcome of ended) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    violations.push(...brokenBy(one, ended, ground, seen));
  }
  return { violations, outcomes, promises: seen.length };
}

function brokenBy(
  { order, unit }: Given,
  ended: readonly Result['outcome'][],
  ground: Ground,
  seen: readonly Seen[],
): string[] {
  const at = `the order for ${unit}`;
  const runs = runsIn(ground).filter((run) => run.unit === unit).length;
  const told = seen.flatMap((one) =>
    one.kind === 'told' && one.orderId === order.order_id ? [one.outcome] : [],
  );
  return [
    ...(runs > 1 ? [`DOUBLE: ${at} ran ${runs} times`] : []),
    ...ended
      .filter((outcome) => !RUNS[outcome].includes(runs))
      .map((o) => `${at} is ${o}, and ran ${runs} times`),
    ...(ended.length > 1 ? [`${at} ended as ${ended.join(' and as ')}`] : []),
    ...told
      .filter((outcome) => !ended.includes(outcome as Result['outcome']))
      .map((outcome) => `LOST: the hub was told that ${at} is ${outcome}, and it is ${ended.join(', ')}`),
  ];
}

async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + WITHIN_MS;
  while (!isSo()) {
    if (performance.now() > giveUpAt) throw new Error('an order has no result');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
