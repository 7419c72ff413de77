import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLab } from '../../lab/index.ts';
import { watchProcessors } from '../report/machine.ts';
import { keepEvidence } from './evidence.ts';
import { openLane, type Lane } from './lane/lane.ts';
import { openActions } from './lane/person.ts';
import { ServiceRota } from './lane/rota.ts';
import { planOf, type Points, type RoundPlan } from './plan/plan.ts';
import { nameOf, type Point } from './plan/points.ts';
import { RecordingBroken, recordPoints } from './record.ts';
import { playRound, type RoundResult } from './round.ts';

export interface RunOptions {
  /** It ends with the round in which this many have happened. */
  readonly kills: number;
  readonly seed: number;
  /** Worlds side by side, each with a hub and a server of its own. */
  readonly lanes: number;
  /** Only points whose name holds this; `null` for all that can happen. */
  readonly point: string | null;
  /** The points of an earlier run, so that its plans come again; `null` to record them anew. */
  readonly points: Points | null;
  /** The plan of this round again and again; `null` for one round after the other. */
  readonly round: number | null;
  /** Kill at commits, syncs and sends only, and not between them. */
  readonly durableOnly: boolean;
  readonly evidenceDir: string;
  /** Ends it after the rounds that are being played. */
  readonly stop?: AbortSignal;
  onReady?(points: Points): void;
  onRound?(result: RoundResult, killsSoFar: number): void;
}

export interface RunOutcome {
  readonly points: Points;
  readonly rounds: readonly RoundResult[];
  readonly kills: number;
  /** Those of them that hit an agent of which nothing was asked. */
  readonly betweenOrders: number;
  /** Of the rounds alone, without the setting up. */
  readonly durationMs: number;
  /** How busy the machine was, its other work included: 1 is all processors. */
  readonly busyShare: number;
  readonly violations: readonly Violation[];
}

export interface Violation {
  readonly round: number | null;
  readonly lane: string;
  readonly what: string;
  readonly evidence: string | null;
}

/** A run that finds this much is ended: more would say nothing new. */
const MAX_VIOLATIONS = 20;
const KILLS_A_ROUND = 1.5;

export async function runFaults(options: RunOptions): Promise<RunOutcome> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'homelabcmd-faults-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const lab = stack.use(await openLab());
  const roundsALane = options.kills / KILLS_A_ROUND / options.lanes;
  const names = Array.from({ length: options.lanes }, (_, index) => `faults-${index + 1}`);
  const counts = ServiceRota.countsFor(roundsALane);
  const lanes = await Promise.all(
    names.map(async (name) => {
      const lane = stack.use(await openLane(lab, name, dir, counts));
      return { lane, rota: await ServiceRota.of(lane) };
    }),
  );
  const [first] = lanes;
  if (first === undefined) throw new Error('a run has at least one lane');
  const run = new Run(options);
  let startedMs = performance.now();
  const busyShare = watchProcessors();
  try {
    const next = (isSlow: boolean) => first.rota.next(isSlow);
    const recorded =
      options.points ?? (await recordPoints(first.lane, next, { durable: options.durableOnly }));
    await first.rota.settled();
    run.points = onlyNamed(recorded, options.point);
    options.onReady?.(run.points);
    startedMs = performance.now();
    await Promise.all(lanes.map(({ lane, rota }) => run.playLane(lane, rota)));
  } catch (error) {
    if (!(error instanceof RecordingBroken)) throw error;
    await run.take(first.lane, first.rota, error.result);
  }
  return { ...run.outcome(), durationMs: performance.now() - startedMs, busyShare: busyShare() };
}

function onlyNamed(points: Points, name: string | null): Points {
  if (name === null) return points;
  const named = (list: readonly Point[]) => list.filter((point) => nameOf(point).includes(name));
  const usual = [...named(points.usual), ...named(points.recovery)];
  if (usual.length > 0) return { usual, recovery: points.recovery };
  const all = [...points.usual, ...points.recovery].map(nameOf).join('\n  ');
  throw new Error(`No point is called «${name}». There are:\n  ${all}`);
}

class Run {
  readonly #options: RunOptions;
  points: Points = { usual: [], recovery: [] };
  readonly #rounds: RoundResult[] = [];
  readonly #violations: Violation[] = [];
  #nextRound = 0;
  #kills = 0;
  #betweenOrders = 0;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  outcome() {
    const kills = this.#kills + this.#betweenOrders;
    return {
      points: this.points,
      rounds: this.#rounds,
      kills,
      betweenOrders: this.#betweenOrders,
      violations: this.#violations,
    };
  }

  async playLane(lane: Lane, rota: ServiceRota): Promise<void> {
    const earlier: string[] = [];
    let hubKillsSinceAgents = 0;
    while (this.#goesOn) {
      const plan = this.#nextPlan();
      const old = earlier[((plan.round ?? 0) * 7919) % Math.max(1, earlier.length)];
      const result = await playRound(lane, plan, rota.next(plan.isSlow), old === undefined ? [] : [old]);
      if (result.action !== null) earlier.push(result.action.order_id);
      await this.take(lane, rota, result);
      if (result.violations.length > 0 && result.action === null) return;
      hubKillsSinceAgents = result.kills.some(({ side }) => side !== 'hub')
        ? 0
        : hubKillsSinceAgents + result.kills.length;
      if (hubKillsSinceAgents >= 2) {
        // An agent that loses its hub again and again waits longer each time; a new one begins anew.
        hubKillsSinceAgents = 0;
        if (await lane.renewAgent()) this.#betweenOrders += 1;
      }
    }
    await this.#judgeLane(lane, rota);
  }

  /** What no single round can see. */
  async #judgeLane(lane: Lane, rota: ServiceRota): Promise<void> {
    const open = await openActions(lane);
    const found = [
      ...(await rota.strays()),
      ...(await lane.server.agentFaults()),
      ...open.map(({ action_id, status }) => `action #${action_id} is ${status} at the end`),
    ];
    for (const what of found) this.#violate(lane, null, what, null);
  }

  get #goesOn(): boolean {
    const { kills, stop } = this.#options;
    const isDone = this.#kills + this.#betweenOrders >= kills || this.#violations.length >= MAX_VIOLATIONS;
    return !isDone && stop?.aborted !== true;
  }

  #nextPlan(): RoundPlan {
    const { seed, round, point } = this.#options;
    const number = this.#nextRound++;
    if (round !== null) return planOf(seed, round, this.points);
    if (point === null) return planOf(seed, number, this.points);
    const named = this.points.usual[number % this.points.usual.length];
    if (named === undefined) throw new Error('there is no such point');
    return { round: number, isSlow: false, faults: [{ kind: 'point', point: named, other: false }] };
  }

  async take(lane: Lane, rota: ServiceRota, result: RoundResult): Promise<void> {
    this.#rounds.push(result);
    this.#kills += result.kills.length;
    this.#options.onRound?.(result, this.#kills + this.#betweenOrders);
    if (result.violations.length > 0) {
      const evidence = await keepEvidence(this.#options.evidenceDir, lane, result);
      for (const what of result.violations) this.#violate(lane, result.plan.round, what, evidence);
    }
    if (result.kills.some(({ side }) => side === 'server')) await rota.startAgain();
    else rota.ran(result.service, result.runs.length);
  }

  #violate(lane: Lane, round: number | null, what: string, evidence: string | null): void {
    this.#violations.push({ round, lane: lane.name, what, evidence });
  }
}
