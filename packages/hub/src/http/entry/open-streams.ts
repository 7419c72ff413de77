import type { Principal } from '../../lib/handler.ts';

/** A right that is taken away ends what it had opened within a second, also where another process took it. */
const LOOKED_AT_EVERY_MS = 500;

/** Who reads a stream, as they are now; `null`: whoever it was may come in no more. */
export type Reader = () => Promise<Principal | null>;

interface Open {
  readonly reader: Reader;
  readonly scopes: string;
}

/**
 * The live streams that are open. Each ends when its reader is signed out, disabled or revoked, and when they may do more or
 * less than when it was opened: what they have open is begun anew, as they are now.
 */
export class OpenStreams implements Disposable {
  readonly #streams = new Map<AbortController, Open>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;

  constructor() {
    this.#timer = setInterval(() => this.lookAtAll(), LOOKED_AT_EVERY_MS);
    this.#timer.unref();
  }

  get count(): number {
    return this.#streams.size;
  }

  /** From now on `stream` is aborted when its reader is not who they were. @returns what ends that */
  add(stream: AbortController, principal: Principal, reader: Reader): Disposable {
    this.#streams.set(stream, { reader, scopes: scopesOf(principal) });
    return { [Symbol.dispose]: () => void this.#streams.delete(stream) };
  }

  /** Somebody's rights may have changed. */
  lookAtAll(): void {
    if (this.#streams.size === 0) return;
    // One round at a time; what changes during a round is seen by the next.
    this.#looking = (this.#looking ?? Promise.resolve()).then(() => this.#look());
  }

  async #look(): Promise<void> {
    for (const [stream, { reader, scopes }] of [...this.#streams]) {
      try {
        const principal = await reader();
        if (principal === null || scopesOf(principal) !== scopes) stream.abort();
      } catch {
        // A store that does not answer takes nobody's right away, and tells nothing on the stream either.
      }
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

const scopesOf = ({ scopes }: Principal): string => scopes.join(' ');
