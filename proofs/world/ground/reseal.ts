import { type ChallengeFrame, HelloFrame, HubFrame } from '@homelabcmd/protocol';
import { type KeyPair, type LinkSession, sealer } from '@homelabcmd/protocol/link';

/**
 * What somebody can do on one connection who has the hub's key: takes the hub's seals off and puts others on in their place, so
 * that a frame of any time can be said once more and the agent finds nothing wrong with it. That an order runs once must
 * not rest on the seal.
 */
export class Resealer {
  readonly #key: KeyPair;
  #hello: HelloFrame | null = null;
  #session: LinkSession | null = null;
  #seal: ((frame: HubFrame) => object) | null = null;

  constructor(hubKey: KeyPair) {
    this.#key = hubKey;
  }

  /** Whether the agent takes sealed frames here by now. */
  get isUp(): boolean {
    return this.#seal !== null;
  }

  /** The agent has said this. */
  heardAgent(value: unknown): void {
    const hello = HelloFrame.safeParse(value);
    if (hello.success) this.#hello = hello.data;
  }

  /** The hub has said this. @returns the frame without its seal */
  heardHub(value: unknown): HubFrame {
    const { seal: _seal, ...said } = value as { readonly seal?: object };
    const frame = HubFrame.parse(said);
    if (frame.type === 'challenge') this.#challenged(frame);
    if (frame.type === 'welcome' && this.#session !== null)
      this.#seal = sealer(this.#session, this.#key, frame.server_id);
    return frame;
  }

  /** The frame as the agent takes it now; each is to be delivered, in this order. */
  textOf(frame: HubFrame): string {
    return JSON.stringify(this.#seal === null ? frame : this.#seal(frame));
  }

  #challenged({ public_key, nonce }: ChallengeFrame): void {
    const hello = this.#hello;
    if (hello === null) return;
    this.#session = {
      ...{ version: hello.v, versions: hello.versions, agentKey: hello.public_key, hubKey: public_key },
      ...{ agentNonce: hello.nonce, hubNonce: nonce },
    };
  }
}
