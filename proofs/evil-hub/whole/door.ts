import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentFrame, FRAME_VERSION, HelloFrame, type HubFrame, type OrderResult } from '@homelabcmd/protocol';
import {
  answerTo,
  type HubGreeting,
  type KeyPair,
  type LinkSession,
  sealer,
} from '@homelabcmd/protocol/link';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Handed, handOut } from '../../../test/house/proxies/false-releases.ts';
import { FILES } from '../../../test/house/proxies/mirror.ts';

export const SERVER = 'nas';
/** The agent would leave a hub that is silent for three of these: nothing here is about that. */
const BEAT_MS = 20_000;
/** Where a burst is as long as it is, the agent needs its time. */
const ANSWER_WITHIN_MS = 60_000;
const NOTHING = { status: 404, headers: {} };

/** Where in a greeting something is put in, in the order in which they come. */
export const STAGES = ['open', 'hello', 'challenge', 'proof', 'welcome'] as const;
export type Stage = (typeof STAGES)[number];

/** Says what is put in before a greeting goes on; `session` is there once the agent has said hello. */
export type PutIn = (stage: Stage, session: LinkSession | null) => readonly string[];

/** One connection of the agent on which it has been welcomed. */
export interface OpenLink {
  readonly session: LinkSession;
  readonly isOpen: boolean;
  readonly ended: Promise<void>;
  /** Sends it with the seal that is due. */
  send(frame: object): void;
  sealed(frame: object): string;
  /** Sends it as it is. */
  sendText(text: string): void;
  /** Resolves when the agent has taken all that was sent before, and says whether it did. */
  taken(): Promise<boolean>;
}

/** The attacker's own door: it has the key of the hub, and says whatever it likes to whoever comes. */
export interface EvilDoor extends AsyncDisposable {
  readonly port: number;
  readonly counts: { connections: number; framesHeard: number };
  /** The next agent that is welcomed. */
  nextLink(): Promise<OpenLink>;
  /** Puts something into the next greeting. Answers the link, where the agent was welcomed all the same, or `null` for its end. */
  disturbNext(putIn: PutIn): Promise<OpenLink | null>;
  /** Hands these files out from now on, as the agent's release. */
  handOut(files: Handed): void;
  /** What became of an order; `null` when nothing was heard in time. */
  resultOf(orderId: string): Promise<OrderResult | null>;
  /** Is told of each text that comes from the agent, and of each result. */
  listen(ears: DoorEars): void;
}

export interface DoorEars {
  text?(text: string): void;
  result?(orderId: string, result: OrderResult): void;
}

/** Where the agent comes by WebSocket, and fetches what `release` holds. */
async function listen() {
  const release: { files: Handed } = { files: new Map() };
  const http = createServer(({ url = '' }, response) =>
    handOut(release.files.get(decodeURIComponent(url).replace(FILES, '')) ?? NOTHING, response),
  );
  const sockets = new WebSocketServer({
    server: http,
    maxPayload: 64 * 1024 * 1024,
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { http, sockets, release };
}

export async function openEvilDoor(key: KeyPair): Promise<EvilDoor> {
  const { http, sockets, release } = await listen();
  const counts = { connections: 0, framesHeard: 0 };
  const waiting = new Map<string, (result: OrderResult) => void>();
  let disturbance: { putIn: PutIn; came(link: OpenLink | null): void } | null = null;
  let next = Promise.withResolvers<OpenLink>();
  const ears: DoorEars[] = [];
  const hear = (frame: AgentFrame, link: { send(frame: object): void }) => {
    if (frame.type !== 'order_result') return;
    link.send({ v: FRAME_VERSION, type: 'result_ack', order_id: frame.order_id });
    for (const ear of ears) ear.result?.(frame.order_id, frame.result);
    waiting.get(frame.order_id)?.(frame.result);
    waiting.delete(frame.order_id);
  };
  sockets.on('connection', (socket) => {
    counts.connections += 1;
    const disturbed = disturbance;
    disturbance = null;
    socket.once('close', () => disturbed?.came(null));
    greet(socket, key, disturbed?.putIn ?? null, {
      hear(frame, text, link) {
        counts.framesHeard += 1;
        for (const ear of ears) ear.text?.(text);
        hear(frame, link);
      },
      opened(link) {
        disturbed?.came(link);
        next.resolve(link);
        next = Promise.withResolvers();
      },
    });
  });
  return {
    ...{ port: (http.address() as AddressInfo).port, counts },
    nextLink: () => next.promise,
    handOut: (files) => void (release.files = files),
    disturbNext(putIn) {
      const { promise, resolve } = Promise.withResolvers<OpenLink | null>();
      disturbance = { putIn, came: resolve };
      return promise;
    },
    resultOf: (orderId) => {
      const { promise, resolve } = Promise.withResolvers<OrderResult | null>();
      const late = setTimeout(resolve, ANSWER_WITHIN_MS, null);
      waiting.set(orderId, resolve);
      return promise.finally(() => clearTimeout(late));
    },
    listen: (ear) => void ears.push(ear),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

interface Ears {
  hear(frame: AgentFrame, text: string, link: OpenLink): void;
  opened(link: OpenLink): void;
}

/** The hub's part of one connection, as it should be, but for what is put in. */
function greet(socket: WebSocket, key: KeyPair, putIn: PutIn | null, ears: Ears): void {
  const say = (frame: object) => socket.send(JSON.stringify(frame));
  let greeting: HubGreeting | null = null;
  let link: OpenLink | null = null;
  let heads: ((frame: AgentFrame) => void) | null = null;
  const put = (stage: Stage) => {
    for (const text of putIn?.(stage, greeting?.session ?? null) ?? []) socket.send(text);
  };
  socket.on('error', () => undefined);
  put('open');
  socket.on('message', (data: Buffer) => {
    const text = data.toString('utf8');
    const said: unknown = JSON.parse(text);
    if (link !== null) {
      const frame = AgentFrame.parse(said);
      if (frame.type === 'heads') heads?.(frame);
      ears.hear(frame, text, link);
    } else if (greeting === null) {
      greeting = answerTo(HelloFrame.parse(said), key);
      put('hello');
      say(greeting.challenge);
      put('challenge');
    } else {
      const of = openLink(socket, greeting.session, key, (listener) => {
        heads = listener;
      });
      put('proof');
      of.send({ v: FRAME_VERSION, type: 'welcome', server_id: SERVER, expected: [], beat_ms: BEAT_MS });
      put('welcome');
      link = of;
      ears.opened(of);
    }
  });
}

function openLink(
  socket: WebSocket,
  session: LinkSession,
  key: KeyPair,
  onHeads: (listener: (frame: AgentFrame) => void) => void,
): OpenLink {
  const seal = sealer(session, key, SERVER);
  const ended = Promise.withResolvers<void>();
  const waiting = new Map<number, () => void>();
  let asked = 0;
  const beats = setInterval(
    () => socket.send(JSON.stringify({ v: FRAME_VERSION, type: 'beat' })),
    BEAT_MS / 2,
  );
  socket.once('close', () => {
    clearInterval(beats);
    ended.resolve();
  });
  onHeads((frame) => {
    if (frame.type === 'heads') waiting.get(frame.query_id)?.();
  });
  // Not every frame here is one of the protocol's.
  const sealed = (frame: object) => JSON.stringify(seal(frame as HubFrame));
  return {
    ...{ session, sealed, ended: ended.promise },
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    send: (frame) => socket.send(sealed(frame)),
    sendText: (text) => socket.send(text),
    async taken() {
      asked += 1;
      const query_id = asked;
      const heard = Promise.withResolvers<boolean>();
      waiting.set(query_id, () => heard.resolve(true));
      socket.send(sealed({ v: FRAME_VERSION, type: 'query_heads', query_id, limit: 1 }));
      const late = setTimeout(heard.resolve, ANSWER_WITHIN_MS, false);
      void ended.promise.then(() => heard.resolve(false));
      return heard.promise.finally(() => {
        clearTimeout(late);
        waiting.delete(query_id);
      });
    },
  };
}
