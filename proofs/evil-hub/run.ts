import type { OrderResult } from '@homelabcmd/protocol';
import { softwareApprover } from '@homelabcmd/testkit/approver';
import { seeded } from '../report/seeded.ts';
import { openScene, type Scene } from './scene.ts';
import { type Arsenal, UNREADABLE, WAYS } from './ways.ts';

export interface EvilHubOptions {
  readonly seed: number;
  /** How many orders are made up. */
  readonly orders: number;
  /** Whether the server is sealed. */
  readonly sealed: boolean;
  readonly stop?: AbortSignal;
  onPart?(soFar: EvilHubOutcome): void;
}

/** What the server answered to the orders of one way. */
export type Answers = Record<string, number>;

export interface EvilHubOutcome {
  orders: number;
  /** What ran of all that the attacker has made up. */
  forgedRuns: number;
  /** How often the order ran that Kim had approved, however often it was sent. */
  trueRuns: number;
  /** How often it was sent. */
  trueSent: number;
  durationMs: number;
  readonly answers: Record<string, Answers>;
  readonly violations: string[];
}

/** So many are on their way at once. Where they run, one is: a second one for the same service would be refused for that. */
const atOnce = (isSealed: boolean): number => (isSealed ? 20 : 1);
/** What Kim has approved is sent for the first time after so many, while it still holds. */
const BEFORE_TRUE = 1000;
/** What a sealed server has to say to an order of this way: that it was the seal, or that there is nothing it could read. */
const answersTo = (way: string): readonly string[] =>
  UNREADABLE.has(way) ? ['never_started'] : ['not_sealed', 'bad_seal'];

/** Has a hub that was taken over send whatever it can, and counts what comes of it. */
export async function playEvilHub(options: EvilHubOptions): Promise<EvilHubOutcome> {
  const startedMs = performance.now();
  await using scene = await openScene({ isSealed: options.sealed });
  const outcome: EvilHubOutcome = {
    ...{ orders: 0, forgedRuns: 0, trueRuns: 0, trueSent: 0, durationMs: 0 },
    ...{ answers: {}, violations: [] },
  };
  const before = Math.min(BEFORE_TRUE, Math.ceil(options.orders / 2));
  const arsenal = arsenalOf(scene, options.seed);
  const attack = async (upTo: number) => {
    while (outcome.orders < upTo && !options.stop?.aborted) {
      const count = Math.min(atOnce(options.sealed), upTo - outcome.orders);
      await sendSome(scene, arsenal, outcome, count, options.sealed);
      outcome.forgedRuns = scene.runs() - outcome.trueRuns;
      outcome.durationMs = performance.now() - startedMs;
      options.onPart?.(outcome);
    }
  };
  await attack(before);
  if (options.sealed) await sendTrue(scene, outcome);
  await attack(options.orders);
  if (options.sealed) await sendTrue(scene, outcome);
  outcome.forgedRuns = scene.runs() - outcome.trueRuns;
  if (options.sealed && outcome.forgedRuns > 0)
    outcome.violations.push(`${outcome.forgedRuns} restarts ran that nobody had approved.`);
  outcome.durationMs = performance.now() - startedMs;
  return outcome;
}

function arsenalOf({ loot, kim }: Scene, seed: number): Arsenal {
  let last = 0;
  return {
    ...{ loot, kim, chance: seeded(seed) },
    own: { es256: softwareApprover(), ed25519: softwareApprover({ algorithm: 'EdDSA' }) },
    nextId() {
      last += 1;
      return `019b0000-0000-7000-8000-${last.toString(16).padStart(12, '0')}`;
    },
  };
}

const ALL = Object.entries(WAYS);
const READABLE = ALL.filter(([name]) => !UNREADABLE.has(name));
/** An agent says of 500 orders at once that they never began, and then of one a minute: of more it would be waited for. */
const MOST_UNREADABLE = 400;

const unreadableIn = ({ answers }: EvilHubOutcome): number =>
  [...UNREADABLE]
    .flatMap((name) => Object.values(answers[name] ?? {}))
    .reduce((sum, count) => sum + count, 0);

/** In turn, so that each way comes equally often. */
async function sendSome(
  { hub }: Scene,
  arsenal: Arsenal,
  outcome: EvilHubOutcome,
  count: number,
  isSealed: boolean,
): Promise<void> {
  const ways = unreadableIn(outcome) < MOST_UNREADABLE ? ALL : READABLE;
  const made = Array.from({ length: count }, (_, index) => {
    const [name, way] = ways[(outcome.orders + index) % ways.length] ?? ways[0] ?? [];
    if (name === undefined || way === undefined) throw new Error('there is no way');
    return { name, order: way(arsenal) };
  });
  await Promise.all(
    made.map(async ({ name, order }) => {
      const answer = answerOf(await hub.order(order));
      const answers = (outcome.answers[name] ??= {});
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (isSealed && !answersTo(name).includes(answer))
        outcome.violations.push(
          `${name}: the server answered «${answer}», and not that it was not approved.`,
        );
    }),
  );
  outcome.orders += count;
}

const answerOf = ({ outcome, code }: OrderResult): string => code ?? outcome;

/** What Kim has approved, again and again, and with its id for something else: it runs once. */
async function sendTrue({ hub, loot, runs }: Scene, outcome: EvilHubOutcome): Promise<void> {
  const { unsent, spent } = loot;
  const before = runs();
  const orders = [unsent, unsent, { ...unsent, target: 'systemd:web.service' }, spent, unsent];
  for (const order of orders) {
    const { outcome: end } = await hub.order(order);
    if (end !== 'completed') outcome.violations.push(`What was approved ended as ${end}.`);
  }
  outcome.trueSent += orders.length;
  outcome.trueRuns += runs() - before;
  if (outcome.trueRuns !== 1)
    outcome.violations.push(`What was approved once ran ${outcome.trueRuns} times.`);
}
