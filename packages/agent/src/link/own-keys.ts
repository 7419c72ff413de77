import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type KeyPair, keyPairFromPem, newKeyPair } from '@homelabcmd/protocol/link';
import { makeFolderDurably, syncFolder, writeDurably, textIfThere } from '../durable-file.ts';

/** The next, the one before, the next; then the hub is asked as rarely as by any agent that it does not want. */
const SHOWN_IN_A_ROW = 3;

/** Something about the keys that is said in the log, where the disk does not take it. */
export class KeyNotKept extends Error {}

/**
 * The key by which this agent is itself, and while it is being changed the one that comes after it. Both are in files that only the
 * agent's user can read, and never leave this server: `agent-key` and `agent-key.next`.
 *
 *   one key ──the hub asks──► two keys: the next is on disk, and then told ──the hub says that it knows it──► one key: the next
 *                              ▲   │
 *                              └───┘ crash, loss of power, no answer: greets with the next, and where the hub does not know
 *                                    that one, with the one before
 *
 * The hub takes the next key in one step, and knows no other from then on. Whichever side of that step it is on, it knows one of the
 * two; so neither is given up before the hub, in a sealed frame, has said which. `agent-key.next` becomes `agent-key` by one rename.
 */
export class OwnKeys {
  readonly #path: string;
  readonly #nextPath: string;
  #key: KeyPair;
  #next: KeyPair | null;
  /** The hub has just said that it does not know the next one. */
  #isNextUnknown = false;
  /** How often in a row it has said so of either. */
  #refusals = 0;

  /** @throws when the files cannot be read, or the key cannot be kept */
  constructor(stateDir: string) {
    makeFolderDurably(stateDir);
    this.#path = join(stateDir, 'agent-key');
    this.#nextPath = join(stateDir, 'agent-key.next');
    const key = keyIn(this.#path, 'Remove it, and');
    // Somebody who has removed the key wants another agent here, and not the one that this was about to be.
    if (key === null) rmSync(this.#nextPath, { force: true });
    this.#next = keyIn(this.#nextPath, 'Remove it. If the hub does not know this agent then,');
    this.#key = key ?? made(this.#path);
  }

  /** With which the next connection begins. */
  get shown(): KeyPair {
    return this.#next === null || this.#isNextUnknown ? this.#key : this.#next;
  }

  /** The hub wants a new one. It is on disk when this returns; it is the same one until the hub has it. @throws KeyNotKept */
  next(): { readonly known: KeyPair; readonly next: KeyPair } {
    this.#next ??= orSay(() => made(this.#nextPath), 'a new key cannot be kept');
    return { known: this.#key, next: this.#next };
  }

  /** The hub knows this agent by this key: the one before the next is given up with that. @throws KeyNotKept */
  isKnown(publicKey: string): void {
    this.#isNextUnknown = false;
    this.#refusals = 0;
    const next = this.#next;
    if (next?.publicKey !== publicKey) return;
    orSay(() => {
      renameSync(this.#nextPath, this.#path);
      syncFolder(dirname(this.#path));
    }, 'the new key is still beside the old one');
    this.#key = next;
    this.#next = null;
  }

  /**
   * The hub does not know this key. @returns whether the other is to be shown now. The next one is shown twice: the hub may take it just
   * when it has said that it does not know it.
   */
  isUnknown(publicKey: string): boolean {
    if (this.#next === null) return false;
    this.#refusals = (this.#refusals + 1) % SHOWN_IN_A_ROW;
    this.#isNextUnknown = this.#refusals > 0 && this.#next.publicKey === publicKey;
    return this.#refusals > 0;
  }
}

/** A key in a new file; on disk when it returns, since the hub is told of it next. */
function made(path: string): KeyPair {
  const key = newKeyPair();
  writeDurably(path, key.toPem());
  return key;
}

function keyIn(path: string, todo: string): KeyPair | null {
  const pem = textIfThere(path);
  if (pem === null) return null;
  try {
    return keyPairFromPem(pem);
  } catch {
    throw new Error(`${path} holds no key that can be read. ${todo} enrol this server anew.`);
  }
}

function orSay<T>(act: () => T, what: string): T {
  try {
    return act();
  } catch (cause) {
    throw new KeyNotKept(`${what}: ${(cause as Error).message}`, { cause });
  }
}
