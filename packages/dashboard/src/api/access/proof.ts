import { useSyncExternalStore } from 'react';

interface Waiting {
  readonly answer: Promise<boolean>;
  readonly settle: (isProved: boolean) => void;
}

/**
 * Where calls wait that the hub refused until whoever is signed in proves again who they are. Any number of calls may
 * wait for the one question; it is put only where somebody is there to put it.
 *
 *   nothing asked ──ask──► asked ──proved──► nothing asked, and each call is sent again
 *                            └──declined, or nobody asks any more──► nothing asked, and each call stays refused
 */
class ProofDesk {
  #waiting: Waiting | null = null;
  readonly #listeners = new Set<() => void>();

  /** @returns whether it was proved */
  readonly ask = (): Promise<boolean> => {
    if (this.#listeners.size === 0) return Promise.resolve(false);
    if (this.#waiting === null) {
      let settle: Waiting['settle'] = () => {};
      const answer = new Promise<boolean>((resolve) => (settle = resolve));
      this.#waiting = { answer, settle };
      this.#tell();
      return answer;
    }
    return this.#waiting.answer;
  };

  readonly settle = (isProved: boolean): void => {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.settle(isProved);
    this.#tell();
  };

  readonly isAsked = (): boolean => this.#waiting !== null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.settle(false);
    };
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const desk = new ProofDesk();

/** Asks whoever sits before the page to prove who they are. @returns whether they did */
export const askForProof = desk.ask;

/** Whether a proof is wanted now, for the one who asks for it. */
export function useProofAsked(): { readonly isAsked: boolean; readonly settle: (isProved: boolean) => void } {
  return { isAsked: useSyncExternalStore(desk.subscribe, desk.isAsked), settle: desk.settle };
}
