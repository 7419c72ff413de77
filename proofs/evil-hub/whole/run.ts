import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyPair } from '@homelabcmd/protocol/link';
import { openLab } from '../../../lab/index.ts';
import { seeded } from '../../report/seeded.ts';
import { Attacks, type Tally } from './attacks.ts';
import { type EvilDoor, openEvilDoor, type OpenLink } from './door.ts';
import { bootTarget, type Target } from './server.ts';
import { askHonestly, openWatch, type Watch } from './verdict.ts';
import { waysOf } from './ways/registry.ts';
import type { Arsenal } from './ways/way.ts';

export interface WholeOptions {
  readonly seed: number;
  /** How many attacks there are; the run ends with the round in which that many have been made. */
  readonly orders: number;
  readonly stop?: AbortSignal;
  onPart?(soFar: WholeOutcome): void;
}

export interface WholeOutcome extends Tally {
  readonly seed: number;
  durationMs: number;
  /** Times that the agent, and the server, were begun anew. */
  agentStarts: number;
  serverStarts: number;
  /** Starts of what nobody has listed. */
  unlistedStarts: number;
  /** Of each allowed unit, by the starts' own count. */
  readonly starts: Record<string, number>;
  /** Things on the server that were not as before. */
  changes: number;
}

/** Frames on their way at once. */
const BURST = 100;
const BURSTS_PER_LINK = 4;
const GREETINGS_PER_ROUND = 2;
/** Questions of each way to the script, each time that it is asked: each is a process of its own there. */
const ASKED = 16;
/** As many as the socket lets in, and one after the other. */
const ASKED_AT_ONCE = [16, 1];
const ASKED_EVERY = 8;
/** Upgrades each time: each starts a large program some times. */
const UPGRADES = 3;
const WELCOME_WITHIN_MS = 30_000;
/** After these shares of the run the server is started anew: once in order, once by a loss of power. */
const REBOOTS = [
  { after: 0.35, powerCut: false },
  { after: 0.7, powerCut: true },
];

/** Has a hub that was taken over send whatever it can to a real agent on a real server, and looks what has become of it. */
export async function playWhole(options: WholeOptions): Promise<WholeOutcome> {
  const startedMs = performance.now();
  await using stack = new AsyncDisposableStack();
  const disk = await mkdtemp(join(tmpdir(), 'evil-hub-'));
  stack.defer(() => rm(disk, { recursive: true, force: true }));
  const outcome: WholeOutcome = {
    ...{ seed: options.seed, sent: 0, answers: {}, ran: new Map(), violations: [], durationMs: 0 },
    ...{ agentStarts: 0, serverStarts: 0, unlistedStarts: 0, starts: {}, changes: 0 },
  };
  const arsenal = arsenalOf(options.seed);
  const door = stack.use(await openEvilDoor(arsenal.key));
  const first = door.nextLink();
  const lab = stack.use(await openLab());
  const target = await bootTarget(lab, disk, door.port, arsenal.key);
  const link = await inTime(first);
  const watch = await openWatch({ target, door, outcome });
  const play = new Play({ door, target, watch, outcome, options, arsenal });
  await play.all(link, () => {
    outcome.durationMs = performance.now() - startedMs;
    options.onPart?.(outcome);
  });
  await askHonestly({ target, door, outcome }, await play.freshLink(), arsenal);
  await watch.all();
  outcome.durationMs = performance.now() - startedMs;
  return outcome;
}

interface PlayParts {
  readonly door: EvilDoor;
  readonly target: Target;
  readonly watch: Watch;
  readonly outcome: WholeOutcome;
  readonly options: WholeOptions;
  readonly arsenal: Arsenal;
}

/** Goes round all ways, so that each comes equally often, in an order that the seed draws anew for each round. */
class Play {
  readonly #parts: PlayParts;
  readonly #attacks: Attacks;
  readonly #next: ReturnType<typeof allWays>;
  #round = 0;

  constructor(parts: PlayParts) {
    this.#parts = parts;
    this.#attacks = new Attacks({ ...parts, tally: parts.outcome });
    this.#next = allWays(parts.arsenal);
  }

  async all(link: OpenLink, onRound: () => void): Promise<void> {
    const { outcome, options, watch } = this.#parts;
    const reboots = [...REBOOTS];
    let open = link;
    while (outcome.sent < options.orders && options.stop?.aborted !== true) {
      open = await this.#playRound(open);
      await watch.starts();
      const [due] = reboots;
      if (due !== undefined && outcome.sent >= due.after * options.orders) {
        reboots.shift();
        open = await this.#reboot(due.powerCut);
      }
      onRound();
    }
  }

  async freshLink(): Promise<OpenLink> {
    const { door, target, outcome } = this.#parts;
    const came = door.nextLink();
    await target.renewAgent();
    outcome.agentStarts += 1;
    return inTime(came);
  }

  async #playRound(link: OpenLink): Promise<OpenLink> {
    const { outcome } = this.#parts;
    for (let burst = 0; burst < BURSTS_PER_LINK; burst += 1)
      await this.#attacks.say(link, Array.from({ length: BURST }, this.#next.say));
    if (this.#round % ASKED_EVERY === 0) {
      for (const way of waysOf('ask'))
        for (const atOnce of ASKED_AT_ONCE) await this.#attacks.ask(way, ASKED, atOnce);
      for (let upgrade = 0; upgrade < UPGRADES; upgrade += 1) await this.#attacks.hand(this.#next.hand());
    }
    this.#round += 1;
    await this.#attacks.break(link, this.#next.break());
    let open: OpenLink | null = null;
    for (let greeting = 0; greeting < GREETINGS_PER_ROUND; greeting += 1) {
      open = await this.#attacks.greet(this.#next.greet());
      outcome.agentStarts += 1;
    }
    return open ?? this.freshLink();
  }

  async #reboot(powerCut: boolean): Promise<OpenLink> {
    const { door, target, outcome, watch } = this.#parts;
    await watch.all();
    const came = door.nextLink();
    await target.lab.reboot({ powerCut });
    outcome.serverStarts += 1;
    await target.startAll();
    const link = await inTime(came);
    await watch.begunAnew();
    return link;
  }
}

function allWays({ chance }: Arsenal) {
  const inTurn = <T>(all: readonly T[]): (() => T) => {
    let left: T[] = [];
    return () => {
      if (left.length === 0) left = chance.shuffled(all);
      const next = left.pop();
      if (next === undefined) throw new Error('there is no way');
      return next;
    };
  };
  return {
    ...{ say: inTurn(waysOf('say')), break: inTurn(waysOf('break')) },
    ...{ greet: inTurn(waysOf('greet')), hand: inTurn(waysOf('hand')) },
  };
}

function arsenalOf(seed: number): Arsenal {
  let last = 0;
  return {
    ...{ chance: seeded(seed), key: newKeyPair(), otherKey: newKeyPair() },
    ...{ said: [], ran: [], texts: [] },
    nextId() {
      last += 1;
      return `019b0000-0000-7000-8000-${last.toString(16).padStart(12, '0')}`;
    },
  };
}

async function inTime<T>(came: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`the agent has not come within ${WELCOME_WITHIN_MS} ms`)),
    WELCOME_WITHIN_MS,
  );
  return Promise.race([came, late.promise]).finally(() => clearTimeout(timer));
}
