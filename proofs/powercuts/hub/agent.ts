import {
  AGENT_LINK_PATH,
  type AgentFrame,
  HubFrame,
  type OrderResult,
  type ServerFacts,
} from '@homelabcmd/protocol';
import { greetingOf, type KeyPair, readEnrolmentToken } from '@homelabcmd/protocol/link';

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

/** An agent's identity, as far as it outlives a connection. */
export interface As {
  readonly key: KeyPair;
  readonly token: string | null;
  readonly hubKey: string | null;
}

/** What speaks for a server to the hub, over a real WebSocket, and does no more than it is told. */
export class LinkedAgent {
  readonly frames: HubFrame[] = [];
  /** Which orders it carries out; of the others it says nothing. */
  obeys: (orderId: string) => boolean = () => false;
  readonly #socket: WebSocket;
  readonly #changes = new EventTarget();

  /** As who it comes: a key that the hub knows, or a new one with a token. The hub has to be the one that is pinned. */
  constructor(hubUrl: string, { key, token, hubKey }: As) {
    const greeting = greetingOf({
      ...{ key, tokenKey: token === null ? null : (readEnrolmentToken(token)?.key ?? null) },
      isTrusted: (shown) => hubKey === null || shown === hubKey,
    });
    let unseal = (said: unknown): unknown => said;
    this.#socket = new WebSocket(`${hubUrl.replace('http', 'ws')}${AGENT_LINK_PATH}`);
    this.#socket.addEventListener('open', () => this.#send(greeting.hello));
    this.#socket.addEventListener('message', ({ data }) => {
      const frame = HubFrame.parse(unseal(JSON.parse(String(data))));
      if (frame.type === 'challenge') {
        const answer = greeting.answer(frame, FACTS);
        ({ unseal } = answer);
        this.#send(answer.proof);
      }
      this.frames.push(frame);
      if (frame.type === 'order' && this.obeys(frame.order.order_id)) this.#carryOut(frame.order.order_id);
      this.#changes.dispatchEvent(new Event('frame'));
    });
    this.#socket.addEventListener('error', () => undefined);
  }

  /** @throws when the hub does not welcome it */
  async welcomed(): Promise<void> {
    const frame = await this.#frame(({ type }) => type === 'welcome' || type === 'goodbye');
    if (frame.type !== 'welcome')
      throw new Error(`the hub does not welcome an agent: ${JSON.stringify(frame)}`);
  }

  /** Waits until the hub has taken in all that was sent before. */
  async settled(): Promise<void> {
    const before = this.#acks(MARKER);
    this.#send({ v: 2, type: 'order_result', order_id: MARKER, result: COMPLETED });
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
      v: 2,
      type: 'order_progress',
      order_id: orderId,
      step: 'started',
      elapsed_ms: 1,
      detail: 'Begun',
    });
    this.#send({ v: 2, type: 'order_result', order_id: orderId, result: COMPLETED });
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
