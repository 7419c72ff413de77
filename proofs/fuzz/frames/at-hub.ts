import { setTimeout as pause } from 'node:timers/promises';
import { AgentFrame } from '@homelabcmd/protocol';
import { answerTo, greetingOf, newKeyPair } from '@homelabcmd/protocol/link';
import { type Seeded, seeded } from '../../report/seeded.ts';
import { type HubProcess, startHubProcess } from '../ground/hub-process.ts';
import { MemoryWatch } from '../ground/memory.ts';
import { type Farewell, PlayedAgent } from './agent-side.ts';
import { mutatedFrame, mutatedText, oddBytes } from './mutate.ts';
import { FACTS, FROM_AGENT } from './originals.ts';
import type { Telling } from './play.ts';

/** Before they are let in, each connection takes one frame that is wrong. */
const STRANGERS = 16;
const AGENTS = ['nas', 'attic', 'media', 'cellar'];
/** What an agent says between two looks whether all of it was taken; the last of it may end its link. */
const AT_ONCE = 250;
const WITHIN_MS = 30_000;
const BYSTANDER_EVERY_MS = 250;
/** With these the library beneath closes what is no WebSocket any more; the close says why. */
const WEB_SOCKET_CODES: ReadonlySet<number> = new Set([1002, 1007, 1009]);

interface HubScene {
  readonly hub: HubProcess;
  readonly telling: Telling;
  /** Links that the hub has ended with a goodbye for what was said there. */
  refused: number;
}

/** Mutated frames for a real hub: `before` its agents are known, and `after`. */
export async function playAtHub(
  seed: number,
  before: number,
  after: number,
  telling: Telling,
): Promise<void> {
  await using hub = await startHubProcess();
  const scene: HubScene = { hub, telling, refused: 0 };
  const memory = new MemoryWatch(() => hub.heap());
  const bystander = await startBystander(hub);
  const half = async (share: number) => {
    await strangers(scene, seeded(seed, 1, share), Math.ceil(before / 2));
    await insiders(scene, seeded(seed, 2, share), Math.ceil(after / 2));
    if (hub.ended === null) await memory.take();
  };
  await strangers(scene, seeded(seed, 3), Math.ceil(before / 20));
  await insiders(scene, seeded(seed, 4), Math.ceil(after / 20));
  if (hub.ended === null) await memory.take();
  for (const share of [0, 1]) if (!telling.isOver()) await half(share);
  const { asked, slowestMs } = await bystander.end();
  if (hub.ended !== null) return telling.found(hub.ended, '');
  const grown = memory.fault();
  if (grown !== null) telling.found(`the hub: ${grown}`, '');
  for (const line of hub.takeFaults())
    telling.found(`the hub logged a fault of its own: ${line.slice(0, 1000)}`, '');
  const logged = hub.logged('a link was refused');
  if (logged !== scene.refused)
    telling.found(`the hub ended ${scene.refused} links with a reason, and logged ${logged}`, '');
  telling.figure('memory of the hub at 5 %, 50 % and 100 %', memory.text());
  telling.figure('links that the hub ended, each with one reason', scene.refused);
  telling.figure(
    'asked meanwhile by others',
    `${asked} times, the slowest answer after ${slowestMs.toFixed(0)} ms`,
  );
}

/** An agent and a person who have nothing to do with it: they are answered all the time. */
async function startBystander(hub: HubProcess) {
  const agent = await PlayedAgent.open(hub.url);
  await agent.signIn(newKeyPair(), await hub.token('bystander'));
  const stop = new AbortController();
  let [asked, slowestMs] = [0, 0];
  const asking = (async () => {
    while (!stop.signal.aborted && hub.ended === null) {
      const startedMs = performance.now();
      const { status } = await fetch(`${hub.url}/readyz`);
      await agent.settled();
      if (status !== 200 || !agent.wire.isOpen) throw new Error('the hub did not answer others meanwhile');
      asked += 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      await pause(BYSTANDER_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  asking.catch(() => undefined);
  return {
    async end() {
      stop.abort();
      await asking;
      agent.wire.end();
      return { asked, slowestMs };
    },
  };
}

const key = newKeyPair();
const GREETING = greetingOf({ key, tokenKey: null, isTrusted: () => true });
/** As it is said to another hub: of a right form, and it proves nothing here. */
const PROOF = GREETING.answer(answerTo(GREETING.hello, newKeyPair()).challenge, FACTS).proof;

async function strangers(scene: HubScene, chance: Seeded, count: number): Promise<void> {
  const { telling, hub } = scene;
  let left = count;
  const one = async () => {
    for (; left > 0 && !telling.isOver() && hub.ended === null; ) {
      left -= 1;
      const agent = await PlayedAgent.open(hub.url);
      const said = oddOf(chance, chance.next() < 0.4 ? GREETING.hello : chance.pick([PROOF, ...FROM_AGENT]));
      const isSecond = chance.next() < 0.4;
      if (isSecond && typeof said === 'string') agent.saysInstead = said;
      if (isSecond) agent.hello();
      if (typeof said !== 'string') agent.wire.write(said);
      else if (!isSecond) agent.wire.say(said);
      // A hello that is right all the same is answered; no second frame can be, since none proves anything.
      agent.wire.say(JSON.stringify(PROOF));
      await judged(scene, agent, 'before', said);
      telling.played('before sign-in, at the hub');
    }
  };
  await Promise.all(Array.from({ length: STRANGERS }, one));
}

function oddOf(chance: Seeded, frame: object): string | Buffer {
  const how = chance.next();
  const text = JSON.stringify(frame);
  if (how < 0.55) return JSON.stringify(mutatedFrame(chance, frame, false));
  return how < 0.85 ? mutatedText(chance, text) : oddBytes(chance, text, true);
}

async function judged(
  scene: HubScene,
  agent: PlayedAgent,
  when: string,
  said: string | Buffer,
): Promise<void> {
  const late = new AbortController();
  const farewell = await Promise.race([
    agent.farewell(),
    pause(WITHIN_MS, null, { signal: late.signal }).catch(() => null),
  ]);
  late.abort();
  agent.wire.end();
  const { goodbyes, code } = farewell ?? ({ goodbyes: [], code: 0 } satisfies Farewell);
  if (goodbyes.length > 0) scene.refused += 1;
  const given = typeof said === 'string' ? said.slice(0, 800) : said.toString('latin1').slice(0, 800);
  const found = (what: string) =>
    scene.telling.found(`at the hub, ${when} sign-in: ${what}`, JSON.stringify(given));
  if (farewell === null) found('the hub neither took a wrong frame nor ended the link');
  else if (code === 1011) found('the hub failed at a frame (1011)');
  else if (goodbyes.length > 1) found(`the hub said why ${goodbyes.length} times`);
  else if (goodbyes.length === 1 ? (goodbyes[0]?.detail.length ?? 0) < 5 : !WEB_SOCKET_CODES.has(code))
    found(`the hub did not say why (${code})`);
}

async function insiders(scene: HubScene, chance: Seeded, count: number): Promise<void> {
  const { hub, telling } = scene;
  let left = count;
  const one = async (serverId: string) => {
    const own = newKeyPair();
    let token: string | null = await hub.token(serverId);
    while (left > 0 && !telling.isOver() && hub.ended === null) {
      const agent = await PlayedAgent.open(hub.url);
      await agent.signIn(own, token);
      token = null;
      while (left > 0 && agent.wire.isOpen && !telling.isOver()) {
        const size = Math.min(AT_ONCE, left);
        left -= size;
        await burst(scene, agent, chance, size);
      }
      agent.wire.end();
    }
  };
  await Promise.all(AGENTS.map(one));
}

/** Frames that the hub has to bear, and as the last one perhaps one that it has to refuse. */
async function burst(scene: HubScene, agent: PlayedAgent, chance: Seeded, size: number): Promise<void> {
  let last: string | Buffer | null = null;
  let said = 0;
  while (said < size - 1 || (last === null && said < size)) {
    const frame = chance.pick(FROM_AGENT);
    const mutated = mutatedFrame(chance, frame, chance.next() < 0.9);
    const text = JSON.stringify(mutated);
    const { success: isFrame, data } = AgentFrame.safeParse(JSON.parse(text));
    const isBorne = isFrame && data.type !== 'hello' && data.type !== 'proof' && data.type !== 'new_key';
    if (isBorne) {
      agent.wire.say(text);
      said += 1;
    } else last ??= chance.next() < 0.5 ? text : oddOf(chance, frame);
  }
  const isWrong = last !== null && (typeof last !== 'string' || !isTaken(last));
  if (last !== null && typeof last !== 'string') agent.wire.write(last);
  else if (last !== null) agent.wire.say(last);
  if (isWrong) await judged(scene, agent, 'after', last ?? '');
  else {
    await agent.settled();
    if (!agent.wire.isOpen) await judged(scene, agent, 'after', 'frames that are right by their schema');
  }
  for (let n = 0; n < size; n += 1) scene.telling.played('after sign-in, at the hub');
}

function isTaken(text: string): boolean {
  try {
    const { success, data } = AgentFrame.safeParse(JSON.parse(text));
    return success && data.type !== 'hello' && data.type !== 'proof' && data.type !== 'new_key';
  } catch {
    return false;
  }
}
