import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { HubFrame } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';
import { Resealer } from '../../world/ground/reseal.ts';
import { FrameCutter, textFrame } from './frames.ts';

const DIAL_AGAIN_MS = 15;
const KEPT_FRAMES = 2000;

/**
 * Stands between an agent and its hub, records the orders that pass, and repeats them. It has the hub's key, and seals what it
 * passes on anew: an order that it repeats is to the agent one that the hub has said again.
 */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** The hub has welcomed the agent on the connection that is open now. */
  readonly isUp: boolean;
  /** How often connections have ended that were up. */
  readonly lostLinks: number;
  /** How often each order was delivered to an agent, by the hub or by this relay. */
  readonly deliveries: ReadonlyMap<string, number>;
  /** How many results the agent has told of each order. */
  readonly results: ReadonlyMap<string, number>;
  /** The orders seen from here on are delivered twice at once, and again after each welcome. */
  beginRound(): void;
  readonly ordersOfRound: readonly string[];
  /** Delivers these recorded orders once more; false when no agent is there. */
  repeat(orderIds: readonly string[]): boolean;
  /** What passed last, for evidence. */
  frames(): readonly string[];
}

export async function openRelay(hubPort: number, hubKey: KeyPair): Promise<Relay> {
  const relay = new RunningRelay(hubPort, hubKey);
  await relay.listen();
  return relay;
}

/** The agent's end of one connection, and how it is spoken to there. */
interface Linked {
  readonly socket: Socket;
  readonly resealer: Resealer;
}

class RunningRelay implements Relay {
  readonly #hubPort: number;
  readonly #hubKey: KeyPair;
  readonly #server = createServer((agent) => this.#serve(agent));
  readonly #sockets = new Set<Socket>();
  /** Every order that passed, as the hub wrote it, but for the seal. */
  readonly #orders = new Map<string, HubFrame>();
  readonly #log: string[] = [];
  readonly deliveries = new Map<string, number>();
  readonly results = new Map<string, number>();
  #ofRound: string[] = [];
  #agent: Linked | null = null;
  lostLinks = 0;

  constructor(hubPort: number, hubKey: KeyPair) {
    this.#hubPort = hubPort;
    this.#hubKey = hubKey;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get isUp(): boolean {
    return this.#agent !== null;
  }

  get ordersOfRound(): readonly string[] {
    return this.#ofRound;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  beginRound(): void {
    this.#ofRound = [];
  }

  frames(): readonly string[] {
    return this.#log;
  }

  repeat(orderIds: readonly string[]): boolean {
    const agent = this.#agent;
    if (agent === null) return false;
    for (const orderId of orderIds) this.#deliverAgain(agent, orderId);
    return true;
  }

  #deliverAgain({ socket, resealer }: Linked, orderId: string): void {
    const frame = this.#orders.get(orderId);
    if (frame === undefined) return;
    this.#count(this.deliveries, orderId);
    const text = resealer.textOf(frame);
    this.#note('relay → agent', text);
    socket.write(textFrame(text));
  }

  #serve(agent: Socket): void {
    this.#sockets.add(agent);
    agent.on('error', () => undefined);
    // An agent that asks while the hub is starting is kept waiting, as by a proxy; its bytes are kept too.
    agent.pause();
    const dial = () => {
      if (agent.destroyed) return;
      const hub = connect(this.#hubPort, '127.0.0.1');
      hub.on('error', () => undefined);
      hub.once('connect', () => this.#join(agent, hub));
      hub.once('close', () => {
        this.#sockets.delete(hub);
        if (hub.bytesRead === 0 && hub.bytesWritten === 0) setTimeout(dial, DIAL_AGAIN_MS);
      });
      this.#sockets.add(hub);
    };
    agent.once('close', () => this.#sockets.delete(agent));
    dial();
  }

  #join(agent: Socket, hub: Socket): void {
    const fromHub = new FrameCutter();
    const fromAgent = new FrameCutter();
    const linked = { socket: agent, resealer: new Resealer(this.#hubKey) };
    hub.on('data', (chunk: Buffer) => {
      const { head, frames } = fromHub.push(chunk);
      if (head !== null) agent.write(head);
      for (const { bytes, text } of frames) {
        if (text === null) agent.write(bytes);
        else this.#heardHub(linked, text);
      }
    });
    agent.on('data', (chunk: Buffer) => {
      hub.write(chunk);
      for (const { text } of fromAgent.push(chunk).frames) if (text !== null) this.#heardAgent(linked, text);
    });
    const part = () => {
      if (this.#agent === linked) {
        this.#agent = null;
        this.lostLinks += 1;
        this.#note('link', '{"type":"lost"}');
      }
      agent.destroy();
      hub.destroy();
    };
    for (const socket of [agent, hub]) socket.on('end', part).on('close', part);
    agent.resume();
  }

  #heardHub(agent: Linked, text: string): void {
    this.#note('hub → agent', text);
    const frame = agent.resealer.heardHub(JSON.parse(text));
    agent.socket.write(textFrame(agent.resealer.textOf(frame)));
    if (frame.type === 'welcome') {
      this.#agent = agent;
      for (const orderId of this.#ofRound) this.#deliverAgain(agent, orderId);
    }
    if (frame.type !== 'order') return;
    const { order_id: orderId } = frame.order;
    this.#count(this.deliveries, orderId);
    this.#orders.set(orderId, frame);
    if (!this.#ofRound.includes(orderId)) this.#ofRound.push(orderId);
    this.#deliverAgain(agent, orderId);
  }

  #heardAgent({ resealer }: Linked, text: string): void {
    this.#note('agent → hub', text);
    const frame = JSON.parse(text) as { type: string; order_id?: string };
    resealer.heardAgent(frame);
    if (frame.type === 'order_result' && frame.order_id !== undefined)
      this.#count(this.results, frame.order_id);
  }

  #count(counts: Map<string, number>, orderId: string): void {
    counts.set(orderId, (counts.get(orderId) ?? 0) + 1);
  }

  #note(way: string, text: string): void {
    const type = /"type":"(\w+)"/.exec(text)?.[1];
    if (type === 'beat' || type === 'metrics') return;
    this.#log.push(`${new Date().toISOString()} ${way} ${text}`);
    if (this.#log.length > 2 * KEPT_FRAMES) this.#log.splice(0, KEPT_FRAMES);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
