import { AgentFrame, type HubFrame } from '@homelabcmd/protocol';
import type { KeyPair } from '@homelabcmd/protocol/link';
import type { AgentSocket } from '@homelabcmd/hub/rules';
import { Resealer } from './reseal.ts';
import { AgentEnd, HubEnd, type Way } from './sockets.ts';
import type { Process, Timeline } from './timeline.ts';

/** What the network does to the frames of one server. */
export interface Weather {
  delayMs: [number, number];
  /** Share of frames about orders that arrive twice. */
  duplicates: number;
  /** Ways on which nothing arrives for now; it waits, as in the buffers of a real connection. */
  stalled: Set<Way>;
}

const calm = (): Weather => ({ delayMs: [1, 5], duplicates: 0, stalled: new Set() });

/** Frames about orders: the ones that the network may repeat. */
const REPEATED = new Set(['order', 'query', 'result_ack', 'order_progress', 'order_result']);
const KEPT_FRAMES = 30;

type Frame = AgentFrame | HubFrame;

export interface NetworkParts {
  readonly timeline: Timeline;
  /** The network has it too: what it repeats is as good as what the hub says. */
  readonly hubKey: KeyPair;
  /** The hub has given an order to the network. */
  onOrderSent(): void;
  /** The hub that listens now, or `null`. */
  hub(): { readonly process: Process; enter(socket: AgentSocket, address: string): void } | null;
}

/** All connections between the agents and the hub. Frames go through the schemas of the protocol on both ways. */
export class Network {
  readonly weather = new Map<string, Weather>();
  readonly parts: NetworkParts;
  readonly connections = new Set<Connection>();
  readonly #seen = new Map<string, { way: Way; frame: Frame }[]>();
  frames = 0;

  constructor(parts: NetworkParts) {
    this.parts = parts;
  }

  weatherOf(server: string): Weather {
    const known = this.weather.get(server) ?? calm();
    this.weather.set(server, known);
    return known;
  }

  clear(): void {
    for (const [server, weather] of this.weather) {
      Object.assign(weather, calm());
      for (const connection of this.#of(server)) connection.flow();
    }
  }

  connect(process: Process): AgentEnd {
    const connection = new Connection(this, process);
    this.connections.add(connection);
    connection.open();
    return connection.agentEnd;
  }

  /** The way is free again: what waited goes on. */
  flow(server: string): void {
    for (const connection of this.#of(server)) connection.flow();
  }

  /** Every connection of a server ends; each side hears of it in its own time. */
  cut(server: string): void {
    for (const connection of this.#of(server)) connection.breakOff('both');
  }

  /** A process is gone. The other side hears of it, unless its whole host went. */
  lost(process: Process, isHeard: boolean): void {
    for (const connection of this.connections)
      if (connection.agent === process || connection.hub === process)
        connection.breakOff(isHeard ? 'both' : 'neither');
  }

  remember(server: string, way: Way, frame: Frame): void {
    const seen = this.#seen.get(server) ?? [];
    seen.push({ way, frame });
    if (seen.length > KEPT_FRAMES) seen.shift();
    this.#seen.set(server, seen);
  }

  /** Nothing of what was sent so far comes again. */
  forget(server: string): void {
    this.#seen.delete(server);
  }

  /** A frame of earlier, perhaps of a connection that is long over, arrives once more. */
  repeatOld(server: string, which: (length: number) => number): boolean {
    const seen = this.#seen.get(server) ?? [];
    const old = seen[which(seen.length)];
    const connection = [...this.#of(server)].find((one) => one.isOpen);
    return old !== undefined && connection?.repeat(old.way, old.frame) === true;
  }

  repeatAll(server: string): void {
    const connection = [...this.#of(server)].find((one) => one.isOpen);
    for (const { way, frame } of this.#seen.get(server) ?? []) connection?.repeat(way, frame);
  }

  #of(server: string): Connection[] {
    return [...this.connections].filter(({ agent }) => agent.host.name === server);
  }
}

class Connection {
  readonly agent: Process;
  readonly agentEnd: AgentEnd;
  readonly hubEnd: HubEnd;
  hub: Process | null = null;
  readonly #network: Network;
  #isBroken = false;
  readonly #waiting: Record<Way, (() => void)[]> = { 'to-hub': [], 'to-agent': [] };
  readonly #busyUntilMs: Record<Way, number> = { 'to-hub': 0, 'to-agent': 0 };
  readonly #resealer: Resealer;

  constructor(network: Network, agent: Process) {
    this.#network = network;
    this.agent = agent;
    this.#resealer = new Resealer(network.parts.hubKey);
    this.agentEnd = new AgentEnd(this);
    this.hubEnd = new HubEnd(this);
  }

  get isOpen(): boolean {
    return !this.#isBroken && this.agentEnd.readyState === 1 && this.hubEnd.readyState === 1;
  }

  get weather(): Weather {
    return this.#network.weatherOf(this.agent.host.name);
  }

  open(): void {
    const listening = this.#network.parts.hub();
    if (listening === null || !listening.process.isAlive) {
      this.#deliver('to-agent', () => this.agentEnd.closed(1006));
      return;
    }
    this.hub = listening.process;
    this.#deliver('to-hub', () => {
      this.hubEnd.readyState = 1;
      listening.enter(this.hubEnd, this.agent.host.name);
      this.#deliver('to-agent', () => this.agentEnd.opened());
    });
  }

  send(way: Way, text: string): void {
    const value: unknown = JSON.parse(text);
    if (way === 'to-hub') this.#resealer.heardAgent(value);
    const frame = way === 'to-hub' ? AgentFrame.parse(value) : this.#resealer.heardHub(value);
    this.#network.frames += 1;
    if (frame.type === 'order') this.#network.parts.onOrderSent();
    this.carry(way, frame);
    if (!REPEATED.has(frame.type)) return;
    this.#network.remember(this.agent.host.name, way, frame);
    if (this.#network.parts.timeline.happens(this.weather.duplicates)) this.carry(way, frame);
  }

  /** A frame of the hub gets the seal that is due here. */
  carry(way: Way, frame: Frame): void {
    const text = way === 'to-hub' ? JSON.stringify(frame) : this.#resealer.textOf(frame as HubFrame);
    this.#deliver(way, () => {
      if (way === 'to-hub') this.hubEnd.received(text);
      else this.agentEnd.received(text);
    });
  }

  /** @returns false where the agent would take it for somebody who is not the hub */
  repeat(way: Way, frame: Frame): boolean {
    if (way === 'to-agent' && !this.#resealer.isUp) return false;
    this.carry(way, frame);
    return true;
  }

  /** One side has closed; the other one hears of it. */
  closedBy(side: 'agent' | 'hub'): void {
    if (this.#isBroken) return;
    const [way, back] =
      side === 'agent' ? (['to-hub', 'to-agent'] as const) : (['to-agent', 'to-hub'] as const);
    this.#deliver(way, () => {
      if (side === 'agent') this.hubEnd.closed();
      else this.agentEnd.closed(1000);
      this.#deliver(back, () => this.#ended(side));
    });
  }

  #ended(side: 'agent' | 'hub'): void {
    if (side === 'agent') this.agentEnd.closed(1000);
    else this.hubEnd.closed();
    this.#isBroken = true;
    this.#network.connections.delete(this);
  }

  breakOff(heardBy: 'both' | 'neither'): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#network.connections.delete(this);
    const { timeline } = this.#network.parts;
    this.#waiting['to-hub'] = [];
    this.#waiting['to-agent'] = [];
    if (heardBy === 'neither') return;
    timeline.at(this.agent, timeline.between(1, 300), () => this.agentEnd.closed(1006));
    if (this.hub !== null) timeline.at(this.hub, timeline.between(1, 300), () => this.hubEnd.closed());
  }

  flow(): void {
    for (const way of ['to-hub', 'to-agent'] as const) {
      if (this.weather.stalled.has(way)) continue;
      for (const arrive of this.#waiting[way].splice(0)) this.#deliver(way, arrive);
    }
  }

  /** In order on each way, as on one real connection; what is on its way when it breaks is lost. */
  #deliver(way: Way, arrive: () => void): void {
    if (this.#isBroken) return;
    if (this.weather.stalled.has(way)) {
      this.#waiting[way].push(arrive);
      return;
    }
    const { timeline } = this.#network.parts;
    const receiver = way === 'to-hub' ? this.hub : this.agent;
    if (receiver === null) return;
    const [least, most] = this.weather.delayMs;
    const atMs = Math.max(this.#busyUntilMs[way], timeline.nowMs + timeline.between(least, most));
    this.#busyUntilMs[way] = atMs;
    timeline.at(receiver, atMs - timeline.nowMs, () => {
      if (!this.#isBroken) arrive();
    });
  }
}
