import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  AGENT_LINK_PATH,
  type AgentFrame,
  type ExpectedUnit,
  FRAME_VERSION,
  type HubFrame,
  MAX_FRAME_BYTES,
  type ServerFacts,
} from '@homelabcmd/protocol';
import type { KeyPair, NewKey, Succession } from '@homelabcmd/protocol/link';
import { WebSocketServer } from 'ws';
import type { Logger } from '../lib/log.ts';
import { Refusal } from '../lib/refusal.ts';
import { refuseOnSocket } from '../lib/refuse-on-socket.ts';
import { type Greeted, greet, type Proved } from './greet.ts';
import { framesOf } from './incoming.ts';
import {
  type AgentSocket,
  answersPing,
  BadFrame,
  parseFrame,
  sayGoodbye,
  sendFrame,
  type Session,
} from './session.ts';

type FrameOf<T extends AgentFrame['type']> = Extract<AgentFrame, { type: T }>;

/** What each frame of an admitted agent leads to: the compiler names what is missing. */
export type FrameHandlers = {
  readonly [T in Exclude<AgentFrame['type'], 'hello' | 'proof' | 'new_key'>]: (
    serverId: string,
    frame: FrameOf<T>,
  ) => Promise<void>;
};

/** What the link needs of the features; the composition root gives it. */
export interface LinkParts {
  readonly logger: Logger;
  /** Empty, or where the hub lives on its host: `/homelab`. */
  readonly basePath: string;
  readonly beatMs: number;
  /** Who has said nothing for this long after connecting is sent away. */
  readonly helloWithinMs: number;
  /** With this the hub proves to agents that it is theirs, and signs what it sends. */
  readonly key: KeyPair;
  /** The keys that the hub had before it. */
  readonly succession: Succession;
  /** Who an agent is by the key that it has proved to hold, and perhaps an enrolment token; or `null`. */
  admit(proved: {
    publicKey: string;
    tokenKey: string | null;
  }): Promise<{ serverId: string; isNewAgent: boolean } | null>;
  /** The agent is in: its facts are known now. Answers the units that are expected on it. */
  welcomed(serverId: string, facts: ServerFacts): Promise<ExpectedUnit[]>;
  /** The agent has been welcomed and listens. No order is sent on this connection before `clear` is called. */
  ready(serverId: string, clear: () => void): Promise<unknown>;
  /** Two agents are there with one key, from these addresses. */
  cloned(serverId: string, addresses: readonly [string, string]): Promise<void>;
  /** The agent has made another key. @returns whether it is known by that one from now on */
  newKey(serverId: string, newKey: NewKey): Promise<boolean>;
  heard(serverId: string): void;
  lost(serverId: string): Promise<void>;
  readonly handlers: FrameHandlers;
}

const PING_WITHIN_MS = 1000;
const NOTHING_HERE = new Refusal('not_found', 'There is nothing to upgrade to at this address.');
const NO_PAGE = new Refusal('forbidden', 'Agents come in here. No page of a browser does.');

/**
 * The door by which agents enter: one WebSocket each, the agent speaks first. Frames of one agent are taken one after
 * the other; a bad frame ends its link and nothing else. Whose frames they are is the connection's, never what they say.
 *
 *   connected ──hello──► challenged ──proof──► admitted ──frames…──► left
 *       └──────anything else, or too late──► goodbye
 */
export class AgentLink implements AsyncDisposable {
  readonly #parts: LinkParts;
  readonly #server: WebSocketServer;
  readonly #sessions = new Map<string, Session>();
  readonly #beat: NodeJS.Timeout;
  readonly #running = new Set<Promise<void>>();
  #admitted = 0;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
    });
    this.#beat = setInterval(() => {
      for (const { socket } of this.#sessions.values()) sendFrame(socket, { v: FRAME_VERSION, type: 'beat' });
    }, parts.beatMs);
  }

  /** Takes the upgrades of this HTTP server that ask for the agents' path, and refuses all others. */
  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Agents that are connected now, and connections that were let in since the start. */
  get counts() {
    return { connected: this.#sessions.size, admitted: this.#admitted };
  }

  isConnected(serverId: string): boolean {
    return this.#sessions.has(serverId);
  }

  /** Whether what the agent holds was compared with the store on this connection. */
  takesOrders(serverId: string): boolean {
    return this.#sessions.get(serverId)?.isCleared === true;
  }

  /** An order is sent only where orders are taken: a new connection may have come while it was on its way. */
  send(serverId: string, frame: HubFrame): boolean {
    const session = this.#sessions.get(serverId);
    if (session === undefined || (frame.type === 'order' && !session.isCleared)) return false;
    return sendFrame(session.socket, frame, session.seal);
  }

  /** Shuts one agent out, at once: nothing that it still says is heard, and nothing more is sent to it. */
  close(serverId: string, code: 'server_deleted', detail: string): void {
    const session = this.#sessions.get(serverId);
    if (!session) return;
    this.#sessions.delete(serverId);
    sayGoodbye(session.socket, code, detail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat);
    for (const socket of this.#server.clients) sayGoodbye(socket, 'hub_stopping', 'The hub is stopping');
    this.#server.close();
    await Promise.allSettled(this.#running);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = request.url?.split('?')[0];
    // A browser always sends its origin on an upgrade; no page has business here.
    const linkPath = this.#parts.basePath + AGENT_LINK_PATH;
    if (path !== linkPath) return refuseOnSocket(socket, NOTHING_HERE);
    if (request.headers.origin !== undefined) return refuseOnSocket(socket, NO_PAGE);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.enter(webSocket, request.socket.remoteAddress ?? '?');
    });
  }

  /** Someone has come in by this socket, and has yet to say who it is. */
  enter(socket: AgentSocket, address: string): void {
    const running = this.#serve(socket, address);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  async #serve(socket: AgentSocket, address: string): Promise<void> {
    const log = this.#parts.logger.child({ address });
    let session: Session | null = null;
    let greeted: Greeted | null = null;
    const late = setTimeout(
      () => sayGoodbye(socket, 'bad_frame', 'No hello and no proof came'),
      this.#parts.helloWithinMs,
    );
    socket.on('error', (error) => log.info({ err: error }, 'a link failed'));
    try {
      for await (const text of framesOf(socket, () => session !== null)) {
        // A link that has been told goodbye is not let in any more, whatever it still says.
        if (!session && socket.readyState !== socket.OPEN) return;
        if (session) {
          await this.#take(session, parseFrame(text));
        } else if (greeted === null) {
          greeted = greet(text, this.#parts.key, this.#parts.succession);
          sendFrame(socket, greeted.challenge);
        } else {
          const proved = greeted.check(parseFrame(text));
          clearTimeout(late);
          session = await this.#admit(socket, address, proved);
          log.info({ server_id: session.serverId }, 'an agent connected');
          await this.#endEarlier(session, log);
          await this.#parts.ready(session.serverId, clearingOf(session));
        }
      }
    } catch (error) {
      this.#end(socket, log, session, error);
    } finally {
      clearTimeout(late);
      if (session) await this.#leave(session, log);
    }
  }

  /**
   * An agent that comes again has lost the connection that it had, so nobody answers on that one any more. Where somebody
   * does, there are two. Only then, or when a dead connection still looks open, does this take a moment.
   */
  async #endEarlier({ serverId, earlier, isNewAgent, address }: Session, log: Logger): Promise<void> {
    if (earlier === null) return;
    const isAlive = !isNewAgent && (await answersPing(earlier.socket, PING_WITHIN_MS));
    if (isAlive) {
      log.warn({ server_id: serverId }, 'two agents are there with one key');
      await this.#parts.cloned(serverId, [earlier.address, address]);
    }
    sayGoodbye(earlier.socket, 'superseded', 'The same agent has connected again');
  }

  async #admit(socket: AgentSocket, address: string, proved: Proved): Promise<Session> {
    const admitted = await this.#parts.admit(proved);
    if (!admitted) {
      throw new BadFrame(
        'not_enrolled',
        'The hub does not know the key of this agent, and no token came with it that opens anything: tokens are used once, within an hour',
      );
    }
    const { serverId, isNewAgent } = admitted;
    const expected = await this.#parts.welcomed(serverId, proved.facts);
    // Meanwhile another agent may have been enrolled in its place, or the server removed.
    if ((await this.#parts.admit({ ...proved, tokenKey: null }))?.serverId !== serverId)
      throw new BadFrame('not_enrolled', 'The key of this agent has just been replaced or removed');
    const earlier = this.#sessions.get(serverId) ?? null;
    const signatures = proved.signaturesFor(serverId);
    const session: Session = {
      ...{ serverId, socket, address, earlier, isNewAgent, isCleared: false },
      ...signatures,
    };
    // Nothing is awaited from here to the welcome: no order may overtake it.
    this.#sessions.set(serverId, session);
    this.#admitted += 1;
    const [v, beat_ms] = [FRAME_VERSION, this.#parts.beatMs] as const;
    sendFrame(socket, { v, type: 'welcome', server_id: serverId, expected, beat_ms }, session.seal);
    return session;
  }

  async #take(session: Session, frame: AgentFrame): Promise<void> {
    if (this.#sessions.get(session.serverId) !== session) return;
    this.#parts.heard(session.serverId);
    if (frame.type === 'hello' || frame.type === 'proof')
      throw new BadFrame('bad_frame', `${frame.type} comes once`);
    if (frame.type === 'new_key') return this.#takeNewKey(session, frame);
    await dispatchFrame(this.#parts.handlers, session.serverId, frame);
  }

  /** One that is not taken is not answered: the agent has it still, and is asked again. */
  async #takeNewKey({ serverId, socket, seal, newKeyIn }: Session, frame: FrameOf<'new_key'>): Promise<void> {
    const newKey = newKeyIn(frame);
    if (newKey === null) throw new BadFrame('bad_proof', 'The new key has not signed for itself here');
    if (!(await this.#parts.newKey(serverId, newKey))) return;
    sendFrame(socket, { v: FRAME_VERSION, type: 'key_taken', public_key: newKey.publicKey }, seal);
  }

  #end(socket: AgentSocket, log: Logger, session: Session | null, error: unknown): void {
    const server_id = session?.serverId;
    if (error instanceof BadFrame) {
      log.warn({ server_id, code: error.code, detail: error.message }, 'a link was refused');
      sayGoodbye(socket, error.code, error.message, error.version);
    } else {
      log.error({ server_id, err: error }, 'a frame could not be taken in');
      socket.close(1011);
    }
  }

  async #leave(session: Session, log: Logger): Promise<void> {
    if (this.#sessions.get(session.serverId) !== session) return;
    this.#sessions.delete(session.serverId);
    log.info({ server_id: session.serverId }, 'an agent disconnected');
    await this.#parts
      .lost(session.serverId)
      .catch((error: unknown) => log.error({ err: error }, 'a lost link could not be written down'));
  }
}

const clearingOf = (session: Session) => (): void => {
  session.isCleared = true;
};

/** Answers an upgrade that is not wanted. Whoever asked may be gone already, or never leave: neither holds the hub up. */
function dispatchFrame(
  handlers: FrameHandlers,
  serverId: string,
  frame: Exclude<AgentFrame, { type: 'hello' | 'proof' | 'new_key' }>,
): Promise<void> {
  switch (frame.type) {
    case 'facts':
      return handlers.facts(serverId, frame);
    case 'metrics':
      return handlers.metrics(serverId, frame);
    case 'spooled':
      return handlers.spooled(serverId, frame);
    case 'services':
      return handlers.services(serverId, frame);
    case 'order_progress':
      return handlers.order_progress(serverId, frame);
    case 'order_result':
      return handlers.order_result(serverId, frame);
    case 'heads':
      return handlers.heads(serverId, frame);
  }
}
