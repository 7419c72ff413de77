import { AGENT_LINK_PATH, type AgentFrame, HubFrame } from '@homelabcmd/protocol';
import {
  type AgentGreeting,
  greetingOf,
  type KeyPair,
  newKeyPair,
  readEnrolmentToken,
} from '@homelabcmd/protocol/link';
import { FACTS, ORDER_ID, RESULT } from './originals.ts';
import { dial, type Wire } from './wire.ts';

/** How the hub ended a link: what it said, and with which code it closed. */
export interface Farewell {
  readonly goodbyes: readonly { code: string; detail: string }[];
  readonly code: number;
}

/** An agent that keeps to the rules of the link, and can say whatever it likes on it. */
export class PlayedAgent {
  readonly wire: Wire;
  readonly #goodbyes: { code: string; detail: string }[] = [];
  readonly #in = Promise.withResolvers<void>();
  readonly #marks: (() => void)[] = [];
  #unseal: (said: unknown) => unknown = (said) => said;
  #greeting: AgentGreeting | null = null;
  /** What it says in the place of its proof. */
  saysInstead: string | null = null;

  private constructor(wire: Wire) {
    this.wire = wire;
    wire.onText = (text) => this.#hear(text);
    void wire.closed.then((code) => {
      for (const wake of this.#marks.splice(0)) wake();
      this.#in.reject(new Error(`the hub closed the link (${code}): ${JSON.stringify(this.#goodbyes)}`));
    });
    this.#in.promise.catch(() => undefined);
  }

  static async open(hubUrl: string): Promise<PlayedAgent> {
    return new PlayedAgent(await dial(hubUrl, AGENT_LINK_PATH));
  }

  /** Greets the hub with its key, and with a token where it is new. Resolves when it is in. */
  async signIn(key: KeyPair, token: string | null = null): Promise<void> {
    this.hello(key, token);
    await this.#in.promise;
  }

  hello(key: KeyPair = newKeyPair(), token: string | null = null): void {
    const tokenKey = token === null ? null : (readEnrolmentToken(token)?.key ?? null);
    this.#greeting = greetingOf({ key, tokenKey, isTrusted: () => true });
    this.say(this.#greeting.hello);
  }

  say(frame: AgentFrame): void {
    this.wire.say(JSON.stringify(frame));
  }

  /** Resolves when the hub has taken in all that was said before, or the link is over. */
  settled(): Promise<void> {
    if (!this.wire.isOpen) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#marks.push(resolve);
    this.say({ v: 2, type: 'order_result', order_id: ORDER_ID.replace(/.$/, 'f'), result: RESULT });
    return promise;
  }

  async farewell(): Promise<Farewell> {
    const code = await this.wire.closed;
    return { goodbyes: this.#goodbyes, code };
  }

  #hear(text: string): void {
    const frame = HubFrame.parse(this.#unseal(JSON.parse(text)));
    if (frame.type === 'challenge' && this.#greeting !== null) {
      if (this.saysInstead !== null) return this.wire.say(this.saysInstead);
      const answer = this.#greeting.answer(frame, FACTS);
      this.#unseal = answer.unseal;
      this.say(answer.proof);
    } else if (frame.type === 'query_heads') {
      this.say({ v: 2, type: 'heads', query_id: frame.query_id, total: 0, heads: [] });
    } else if (frame.type === 'welcome') this.#in.resolve();
    else if (frame.type === 'goodbye') this.#goodbyes.push({ code: frame.code, detail: frame.detail });
    else if (frame.type === 'result_ack' && frame.order_id.endsWith('f')) this.#marks.shift()?.();
  }
}
