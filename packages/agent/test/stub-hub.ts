import type { AddressInfo } from 'node:net';
import {
  AgentFrame,
  type ExpectedUnit,
  FRAME_VERSION,
  type HubFrame,
  type Order,
  type OrderResult,
  type ServiceReport,
} from '@homelabcmd/protocol';
import {
  answerTo,
  type HubGreeting,
  type KeyPair,
  newEnrolmentToken,
  newKeyPair,
  sealer,
} from '@homelabcmd/protocol/link';
import { vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

type Unversioned<F> = F extends unknown ? Omit<F, 'v'> : never;

/** The other end of the link: it welcomes every agent and keeps what it hears, with the time of arrival. */
export class StubHub implements AsyncDisposable {
  readonly frames: { at: number; frame: AgentFrame }[] = [];
  /** Every text that it has sent, as it went out. */
  readonly sent: string[] = [];
  /** What it says instead of a challenge. */
  answersHello: string | null = null;
  /** How many connections there have been, and how many agents were welcomed. */
  connections = 0;
  welcomes = 0;
  readonly #server: WebSocketServer;
  readonly #key: KeyPair;
  readonly #welcome: Unversioned<HubFrame>;
  #peer: WebSocket | null = null;
  #seal: (frame: HubFrame) => object = (frame) => frame;

  private constructor(server: WebSocketServer, expected: ExpectedUnit[], key: KeyPair, serverId: string) {
    this.#server = server;
    this.#key = key;
    this.#welcome = { type: 'welcome', server_id: serverId, expected, beat_ms: 60_000 };
    server.on('connection', (peer) => {
      this.connections += 1;
      this.#peer = peer;
      let greeting: HubGreeting | null = null;
      peer.on('message', (data: Buffer) => {
        const frame = AgentFrame.parse(JSON.parse(data.toString('utf8')));
        this.frames.push({ at: performance.now(), frame });
        if (frame.type === 'hello') {
          greeting = answerTo(frame, key);
          this.say(this.answersHello ?? JSON.stringify(greeting.challenge));
        } else if (frame.type === 'proof' && greeting !== null) {
          greeting.check(frame);
          this.#seal = sealer(greeting.session, key, serverId);
          this.send(this.#welcome);
          this.welcomes += 1;
        }
      });
    });
  }

  /** Expects these units, by their names alone or with a probe. */
  static async open(
    expected: (string | ExpectedUnit)[],
    key: KeyPair = newKeyPair(),
    serverId = 'media',
    port = 0,
  ): Promise<StubHub> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await new Promise((resolve) => server.once('listening', resolve));
    return new StubHub(
      server,
      expected.map((one) => (typeof one === 'string' ? { unit: one, probe: null } : one)),
      ...([key, serverId] as const),
    );
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A token of this hub, as a person would paste it. */
  get token(): string {
    return newEnrolmentToken(this.#key.publicKey).text;
  }

  send(frame: Unversioned<HubFrame>): void {
    this.say(this.sealed(frame));
  }

  /** A frame with the seal that is due on this connection: once made, it is to be sent, or there is a gap. */
  sealed(frame: Unversioned<HubFrame>): string {
    return JSON.stringify(this.#seal({ v: FRAME_VERSION, ...frame } as HubFrame));
  }

  /** Sends a text as it is, whoever may have made it. */
  say(text: string): void {
    this.sent.push(text);
    this.#peer?.send(text);
  }

  order(order: Order): void {
    this.send({ type: 'order', order });
  }

  /** The newest report of a unit; `undefined` when a later list of all there are does not name it. */
  report(unit: string): ServiceReport | undefined {
    let newest: ServiceReport | undefined;
    for (const { frame } of this.frames) {
      if (frame.type !== 'services') continue;
      const report = frame.reports.findLast((each) => each.unit === unit);
      if (report !== undefined || frame.complete) newest = report;
    }
    return newest;
  }

  reports(unit: string): { at: number; report: ServiceReport }[] {
    return this.frames.flatMap(({ at, frame }) =>
      frame.type === 'services'
        ? frame.reports.filter((report) => report.unit === unit).map((report) => ({ at, report }))
        : [],
    );
  }

  /** Waits until a unit does not run: it is reported so, or systemd has unloaded it, which it does at once or a little later. */
  whenDown(unit: string): Promise<void> {
    return vi.waitFor(
      () => {
        const report = this.report(unit);
        if (report !== undefined && report.state_class !== 'down')
          throw new Error(`${unit} is ${JSON.stringify(report)}`);
      },
      { timeout: 20_000, interval: 10 },
    );
  }

  /** Waits until the newest report of a unit is so. */
  reportWhere(unit: string, isSo: (report: ServiceReport) => boolean): Promise<ServiceReport> {
    return vi.waitFor(
      () => {
        const report = this.report(unit);
        if (report === undefined || !isSo(report))
          throw new Error(`${unit} is ${report === undefined ? 'unknown' : JSON.stringify(report)}`);
        return report;
      },
      { timeout: 20_000, interval: 10 },
    );
  }

  results(orderId: string): OrderResult[] {
    return this.frames.flatMap(({ frame }) =>
      frame.type === 'order_result' && frame.order_id === orderId ? [frame.result] : [],
    );
  }

  resultOf(orderId: string): Promise<OrderResult> {
    return vi.waitFor(
      () => {
        const [result] = this.results(orderId);
        if (result === undefined) throw new Error('no result yet');
        return result;
      },
      { timeout: 30_000, interval: 10 },
    );
  }

  steps(orderId: string): string[] {
    return this.frames.flatMap(({ frame }) =>
      frame.type === 'order_progress' && frame.order_id === orderId ? [frame.step] : [],
    );
  }

  /** Ends the connection as a network does: without a word. */
  cut(): void {
    this.#peer?.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
