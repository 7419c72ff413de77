import { fileURLToPath } from 'node:url';
import { AgentFrame, FRAME_VERSION, type HubFrame } from '@homelabcmd/protocol';
import {
  answerTo,
  type HubGreeting,
  type KeyPair,
  newEnrolmentToken,
  newKeyPair,
  sealer,
} from '@homelabcmd/protocol/link';
import { type Seeded, seeded } from '../../report/seeded.ts';
import { startAsked } from '../ground/asked-process.ts';
import type { Heap } from '../ground/heap.ts';
import { MemoryWatch } from '../ground/memory.ts';
import type { AgentQuestion, LinksAnswer } from './agent.ts';
import { mutatedFrame, mutatedText, oddBytes } from './mutate.ts';
import { FROM_HUB } from './originals.ts';
import type { Telling } from './play.ts';
import { listen, type Wire } from './wire.ts';

const PROGRAM = fileURLToPath(new URL('./agent.ts', import.meta.url));
const SERVER = 'media';
/** So many sealed frames are said before the agent is asked whether it has taken them. */
const AT_ONCE = 200;

/** A hub that greets as it must, with the key that the agent's token names. */
class PlayedHub {
  readonly wire: Wire;
  readonly welcomed: Promise<void>;
  seal: (frame: HubFrame) => object = (frame) => frame;
  readonly #key: KeyPair;
  readonly #challengeOf: (text: string) => string | Buffer;
  readonly #in = Promise.withResolvers<void>();
  #greeting: HubGreeting | null = null;
  onFrame: (frame: AgentFrame) => void = () => undefined;

  constructor(wire: Wire, key: KeyPair, challengeOf: (text: string) => string | Buffer = (text) => text) {
    this.wire = wire;
    this.#key = key;
    this.#challengeOf = challengeOf;
    this.welcomed = this.#in.promise;
    wire.onText = (text) => this.#hear(AgentFrame.parse(JSON.parse(text)));
    void wire.closed.then((code) => this.#in.reject(new Error(`the agent closed the link (${code})`)));
    this.welcomed.catch(() => undefined);
  }

  /** A frame as this hub signs it, whatever it is: its place on the connection is taken with that. */
  say(frame: object): void {
    this.wire.say(JSON.stringify(this.seal(frame as HubFrame)));
  }

  #hear(frame: AgentFrame): void {
    if (frame.type === 'hello') {
      this.#greeting = answerTo(frame, this.#key);
      const said = this.#challengeOf(JSON.stringify(this.#greeting.challenge));
      if (typeof said === 'string') this.wire.say(said);
      else this.wire.write(said);
    } else if (frame.type === 'proof' && this.#greeting !== null) {
      this.#greeting.check(frame);
      this.seal = sealer(this.#greeting.session, this.#key, SERVER);
      this.say({ v: FRAME_VERSION, type: 'welcome', server_id: SERVER, expected: [], beat_ms: 60_000 });
      this.#in.resolve();
    } else this.onFrame(frame);
  }
}

/** Mutated frames for a real agent: `inside` the right seal on one link, and `below` it on a link each. */
export async function playAtAgent(
  seed: number,
  inside: number,
  below: number,
  telling: Telling,
): Promise<void> {
  const key = newKeyPair();
  const chance = seeded(seed, 5);
  const arrived = Promise.withResolvers<PlayedHub>();
  using server = await listen((wire, path) => {
    if (path.endsWith('?below')) playBelow(wire, key, chance, telling);
    else arrived.resolve(new PlayedHub(wire, key));
  });
  const token = newEnrolmentToken(key.publicKey).text;
  await using agent = startAsked([PROGRAM, `ws://127.0.0.1:${server.port}`, token], {});
  const ask = <T>(question: AgentQuestion) => agent.ask<T>(question);
  await agent.ready;
  const memory = new MemoryWatch(() => ask<Heap>({ ask: 'heap' }));
  const hub = await arrived.promise;
  await hub.welcomed;
  const taken = marksOf(hub);
  const part = async (share: number) => {
    await playInside(hub, taken, seeded(seed, 6, share), Math.ceil(inside * share), telling);
    const { faults } = await ask<LinksAnswer>({ ask: 'links', count: Math.ceil(below * share) });
    for (const fault of faults) telling.found(`at the agent, below the seal: ${fault}`, '');
    await memory.take();
  };
  try {
    for (const share of [0.06, 0.47, 0.47]) if (!telling.isOver()) await part(share);
    const { starts } = await ask<{ starts: number }>({ ask: 'starts' });
    if (starts > 0) telling.found(`the agent restarted ${starts} times what root has not allowed`, '');
  } catch (error) {
    telling.found(`the agent does not work any more: ${(error as Error).message}`, agent.ended ?? '');
  }
  const grown = memory.fault();
  if (grown !== null) telling.found(`the agent: ${grown}`, '');
  telling.figure('memory of the agent at 6 %, 53 % and 100 %', memory.text());
}

/** Asks the agent something at the end of what was said, and waits for its answer: it takes frames in turn. */
function marksOf(hub: PlayedHub): () => Promise<void> {
  const waiting = new Map<number, () => void>();
  let last = 1_000_000;
  hub.onFrame = (frame) => {
    if (frame.type !== 'heads') return;
    waiting.get(frame.query_id)?.();
    waiting.delete(frame.query_id);
  };
  return async () => {
    last += 1;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.set(last, resolve);
    void hub.wire.closed.then((code) =>
      reject(new Error(`the agent ended the link (${code}) for what its hub has signed`)),
    );
    hub.say({ v: FRAME_VERSION, type: 'query_heads', query_id: last, limit: 1 });
    await promise;
  };
}

/** What changes the key or ends the link is left to the other way. */
const ENDS_LINK: ReadonlySet<unknown> = new Set([
  'challenge',
  'goodbye',
  'beat',
  'welcome',
  'renew_key',
  'key_taken',
]);

async function playInside(
  hub: PlayedHub,
  taken: () => Promise<void>,
  chance: Seeded,
  count: number,
  telling: Telling,
): Promise<void> {
  for (let said = 0; said < count && !telling.isOver(); said += 1) {
    const frame = mutatedFrame(chance, chance.pick(FROM_HUB), chance.next() < 0.4);
    // What stands under \`seal\` is the seal's own place.
    const { seal: _, ...unsealed } = JSON.parse(JSON.stringify(frame)) as Record<string, unknown>;
    if (!ENDS_LINK.has(unsealed['type'])) hub.say(unsealed);
    telling.played('inside the right seal, at the agent');
    if (said % AT_ONCE === AT_ONCE - 1) await taken();
  }
  await taken();
}

/** One link: a challenge that is wrong, or the right greeting and then a frame that nobody has signed so. */
function playBelow(wire: Wire, key: KeyPair, chance: Seeded, telling: Telling): void {
  const isGreeting = chance.next() < 0.3;
  telling.played(isGreeting ? 'in the greeting, at the agent' : 'below the seal, at the agent');
  if (isGreeting) {
    new PlayedHub(wire, key, (text) => twisted(chance, text));
    endIn(wire);
    return;
  }
  const hub = new PlayedHub(wire, key);
  void hub.welcomed.then(
    () => {
      const said = twisted(chance, JSON.stringify(hub.seal(chance.pick(FROM_HUB))));
      if (typeof said === 'string') wire.say(said);
      else wire.write(said);
      // Whatever it made of that, this one is not signed.
      wire.say(JSON.stringify({ v: FRAME_VERSION, type: 'query', order_ids: [] }));
    },
    () => undefined,
  );
  endIn(wire);
}

function twisted(chance: Seeded, text: string): string | Buffer {
  const how = chance.next();
  if (how < 0.5) return JSON.stringify(mutatedFrame(chance, JSON.parse(text) as object, false));
  return how < 0.85 ? mutatedText(chance, text) : oddBytes(chance, text, false);
}

const END_WITHIN_MS = 5000;

/** A challenge that is right all the same, or half a frame, leaves a link that nobody ends. */
function endIn(wire: Wire): void {
  const timer = setTimeout(() => wire.end(), END_WITHIN_MS);
  void wire.closed.then(() => clearTimeout(timer));
}
