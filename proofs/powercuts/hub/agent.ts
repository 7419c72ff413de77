import {
  AGENT_LINK_PATH,
  type AgentFrame,
  HubFrame,
  type OrderResult,
  type ServerFacts,
} from '@homelabcmd/protocol';

const FACTS: ServerFacts = {
  ...{ hostname: 'nas', os: 'Debian', kernel: '6.1', architecture: 'x64', cpu_count: 2 },
  ...{ memory_total_bytes: 2 ** 30, addresses: [], boot_id: 'boot-1', booted_at: null },
  ...{ agent_version: '0.1.0', systemd_version: '252', systemd_problem: null, monitor_only: false },
  // One that keeps heads must have those of its earlier lives, or the hub takes its disk for one that was set back.
  keeps_audit_heads: false,
};

const COMPLETED: OrderResult = {
  ...{ outcome: 'completed', code: null, detail: 'It runs again.', exit_code: 0, output: '' },
  ...{ before: null, after: null, ran_ms: 20, elapsed_ms: 40, journal: [] },
};

/** An order that no hub knows: its acknowledgement shows that all frames before it were taken in. */
export const MARKER = '01890a5d-ac96-774b-bcce-b302099a8057';
/** Far longer than it takes, for a machine that is busy with other work. */
const WITHIN_MS = 120_000;

/** What speaks for a server to the hub, over a real WebSocket, and does no more than it is told. */
export class LinkedAgent {
  readonly frames: HubFrame[] = [];
  /** Which orders it carries out; of the others it says nothing. */
  obeys: (orderId: string) => boolean = () => false;
  readonly #socket: WebSocket;
  readonly #changes = new EventTarget();

  constructor(hubUrl: string, secret: string) {
    this.#socket = new WebSocket(`${hubUrl.replace('http', 'ws')}${AGENT_LINK_PATH}`);
    this.#socket.addEventListener('open', () => this.#send({ v: 1, type: 'hello', secret, facts: FACTS }));
    this.#socket.addEventListener('message', ({ data }) => {
      const frame = HubFrame.parse(JSON.parse(String(data)));
      this.frames.push(frame);
      if (frame.type === 'order' && this.obeys(frame.order.order_id)) this.#carryOut(frame.order.order_id);
      this.#changes.dispatchEvent(new Event('frame'));
    });
    this.#socket.addEventListener('error', () => undefined);
  }

  /** The credential that it was given, or `null` when it had one. @throws when the hub does not welcome it */
  async welcomed(): Promise<string | null> {
    const frame = await this.#frame(({ type }) => type === 'welcome' || type === 'goodbye');
    if (frame.type === 'welcome') return frame.credential;
    throw new Error(`the hub does not welcome an agent: ${JSON.stringify(frame)}`);
  }

  /** Waits until the hub has taken in all that was sent before. */
  async settled(): Promise<void> {
    const before = this.#acks(MARKER);
    this.#send({ v: 1, type: 'order_result', order_id: MARKER, result: COMPLETED });
    await this.#until(() => this.#acks(MARKER) > before);
  }

  async acknowledged(orderId: string): Promise<void> {
    await this.#until(() => this.#acks(orderId) > 0);
  }

  close(): void {
    this.#socket.close();
  }

  #acks(orderId: string): number {
    return this.frames.filter((frame) => frame.type === 'result_ack' && frame.order_id === orderId).length;
  }

  #carryOut(orderId: string): void {
    this.#send({
      v: 1,
      type: 'order_progress',
      order_id: orderId,
      step: 'started',
      elapsed_ms: 1,
      detail: 'Begun',
    });
    this.#send({ v: 1, type: 'order_result', order_id: orderId, result: COMPLETED });
  }

  #send(frame: AgentFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  async #frame(isIt: (frame: HubFrame) => boolean): Promise<HubFrame> {
    await this.#until(() => this.frames.some(isIt));
    const found = this.frames.find(isIt);
    if (found === undefined) throw new Error('the frame is gone');
    return found;
  }

  async #until(isSo: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + WITHIN_MS;
    while (!isSo()) {
      const leftMs = giveUpAt - performance.now();
      if (leftMs <= 0) throw new Error(`the hub has not answered its agent for ${WITHIN_MS / 1000} s`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const late = setTimeout(resolve, leftMs);
      this.#changes.addEventListener('frame', () => resolve(), { once: true });
      await promise;
      clearTimeout(late);
    }
  }
}
