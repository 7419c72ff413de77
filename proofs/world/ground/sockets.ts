import type { AgentSocket } from '@homelabcmd/hub/rules';
import type { Process } from './timeline.ts';

export type Way = 'to-hub' | 'to-agent';

/** What lies between the two ends of a connection. */
interface Wire {
  readonly agent: Process;
  readonly hub: Process | null;
  send(way: Way, text: string): void;
  closedBy(side: 'agent' | 'hub'): void;
}

type AgentListener = (event: { data?: string; code?: number }) => void;

/** The agent's end: a `WebSocket` as browsers and Node have it. */
export class AgentEnd {
  readonly bufferedAmount = 0;
  readyState = 0;
  readonly #wire: Wire;
  readonly #listeners = new Map<string, AgentListener[]>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  addEventListener(type: string, listener: AgentListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    if (this.readyState === 1 && this.#wire.agent.isAlive) this.#wire.send('to-hub', text);
  }

  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    if (this.#wire.agent.isAlive) this.#wire.closedBy('agent');
  }

  opened(): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.#tell('open', {});
  }

  received(data: string): void {
    if (this.readyState === 1) this.#tell('message', { data });
  }

  closed(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#tell('close', { code });
  }

  #tell(type: string, event: { data?: string; code?: number }): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

/** The hub's end: a socket as the hub's link knows it. */
export class HubEnd implements AgentSocket {
  readonly OPEN = 1;
  isPaused = false;
  readyState: AgentSocket['readyState'] = 0;
  readonly #wire: Wire;
  readonly #onMessage: ((data: Buffer, isBinary: boolean) => void)[] = [];
  readonly #onClose: (() => void)[] = [];

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  on(event: 'message' | 'close' | 'error' | 'pong', listener: unknown): void {
    if (event === 'message') this.#onMessage.push(listener as (data: Buffer, isBinary: boolean) => void);
    if (event === 'close') this.#onClose.push(listener as () => void);
  }

  send(text: string): void {
    if (this.readyState === 1 && this.#wire.hub?.isAlive === true) this.#wire.send('to-agent', text);
  }

  /** No server is cloned here: who connects anew has let the earlier connection go, and nobody answers on that. */
  ping(): void {}

  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    if (this.#wire.hub?.isAlive === true) this.#wire.closedBy('hub');
  }

  terminate(): void {
    this.close();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  received(text: string): void {
    if (this.readyState !== 1) return;
    for (const listener of this.#onMessage) listener(Buffer.from(text), false);
  }

  closed(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    for (const listener of this.#onClose) listener();
  }
}
