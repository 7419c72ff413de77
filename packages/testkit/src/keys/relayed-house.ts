import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Agent } from '@homelabcmd/agent';
import { type Hub, startHub } from '@homelabcmd/hub';
import { readConfig as readHubConfig } from '@homelabcmd/hub/config';
import { api, type AuditEntry } from '@homelabcmd/protocol';
import { pino } from 'pino';
import { expect, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { agentIn } from '../agent-in.ts';
import { ApiClient } from '../api-client.ts';

const API_KEY = 'the-key-of-the-tests-of-keys-0123456789';

/** What the relay does with a frame of this type: the frame is not passed on, and the test goes on from there. */
type Trap = { readonly type: string; readonly caught: PromiseWithResolvers<Passing>; isSet: boolean };
interface Passing {
  /** Ends the connection on the agent's side. */
  cut(): void;
}

/** A hub, an agent, and between them a relay that can stop any frame. */
export class RelayedHouse implements AsyncDisposable {
  readonly folder: string;
  hub: Hub | null = null;
  agent: Agent | null = null;
  readonly said: string[] = [];
  readonly #relay: WebSocketServer;
  #trap: Trap | null = null;

  private constructor(folder: string, relay: WebSocketServer) {
    this.folder = folder;
    this.#relay = relay;
    relay.on('connection', (near) => {
      if (this.hub === null) return near.terminate();
      const far = new WebSocket(`${this.hub.url.replace('http', 'ws')}/agent/v1/link`, {
        // As a proxy that passes pings on: when the agent is gone, nobody answers them.
        autoPong: false,
      });
      const waiting: string[] = [];
      const toHub = (text: string) => (far.readyState === far.OPEN ? far.send(text) : waiting.push(text));
      far.on('open', () => waiting.splice(0).map(toHub));
      near.on('message', (data: Buffer) => this.#pass(data.toString('utf8'), toHub, near));
      far.on('message', (data: Buffer) => this.#pass(data.toString('utf8'), (text) => near.send(text), near));
      near.on('close', () => far.terminate());
      for (const event of ['close', 'error']) far.on(event, () => near.terminate());
    });
  }

  static async open(folder: string): Promise<RelayedHouse> {
    const relay = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise((resolve) => relay.once('listening', resolve));
    const opened = new RelayedHouse(folder, relay);
    await opened.startHub();
    await opened.startAgent((await opened.hub?.enrol('nas')) ?? '');
    await opened.linked();
    return opened;
  }

  #pass(text: string, on: (text: string) => void, near: WebSocket): void {
    const trap = this.#trap;
    if (trap === null || !trap.isSet || !text.includes(`"type":"${trap.type}"`)) return on(text);
    trap.isSet = false;
    trap.caught.resolve({ cut: () => near.terminate() });
  }

  /** The next frame of this type stops in the relay. */
  stop(type: 'new_key' | 'key_taken'): Promise<Passing> {
    this.#trap = { type, caught: Promise.withResolvers<Passing>(), isSet: true };
    return this.#trap.caught.promise;
  }

  get client(): ApiClient {
    return new ApiClient(this.hub?.url ?? '', API_KEY);
  }

  async startHub(): Promise<void> {
    const settings = {
      ...{ HOMELABCMD_PORT: '0', HOMELABCMD_DATA_DIR: join(this.folder, 'hub'), HOMELABCMD_API_KEY: API_KEY },
      HOMELABCMD_LOG_LEVEL: 'silent',
    };
    this.hub = await startHub(readHubConfig(settings), pino({ level: 'silent' }));
  }

  async stopHub(): Promise<void> {
    const hub = this.hub;
    this.hub = null;
    await hub?.[Symbol.asyncDispose]();
  }

  async startAgent(token = ''): Promise<void> {
    this.agent = await agentIn(join(this.folder, 'nas'), `http://127.0.0.1:${this.port}`, this.said, token);
  }

  async stopAgent(): Promise<void> {
    await this.agent?.[Symbol.asyncDispose]();
    this.agent = null;
  }

  get port(): number {
    return (this.#relay.address() as AddressInfo).port;
  }

  linked(): Promise<void> {
    return vi.waitFor(() => expect(this.agent?.state.linked).toBe(true), { timeout: 20_000 });
  }

  async audited(verb: string): Promise<AuditEntry[]> {
    const query = { server_id: 'nas', verb };
    return (await this.client.call(api.listAudit, { query })).entries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopAgent();
    await this.stopHub();
    for (const peer of this.#relay.clients) peer.terminate();
    await new Promise((resolve) => this.#relay.close(resolve));
  }
}
