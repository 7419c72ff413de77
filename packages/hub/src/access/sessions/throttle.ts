import type { Clock } from '../../lib/clock.ts';
import { Refusal } from '../../lib/refusal.ts';

/** How many wrong answers are heard within a time. */
interface Limit {
  readonly most: number;
  readonly withinMs: number;
  readonly sentence: string;
}

const BY_ADDRESS: Limit = {
  most: 10,
  withinMs: 60_000,
  sentence: 'Too many wrong answers from this address. Try again in a minute.',
};
/** Wide enough that a stranger cannot easily shut somebody out, and far too narrow to guess a password by. */
const BY_ACCOUNT: Limit = {
  most: 20,
  withinMs: 10 * 60_000,
  sentence: 'Too many wrong answers for this name. Try again in some minutes, or use an API key.',
};
/** More names than this are not kept apart: whoever tries them all is stopped by address. */
const MOST_KEPT = 10_000;

/** Makes guessing slow, by address and by account, and signing in not. */
export class Throttle {
  readonly #clock: Clock;
  readonly #times = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws Refusal `too_many` */
  refuseTooMany(address: string, account: string | null): void {
    this.#refuse(`address ${address}`, BY_ADDRESS);
    if (account !== null) this.#refuse(accountKey(account), BY_ACCOUNT);
  }

  failed(address: string, account: string | null): void {
    this.#add(`address ${address}`);
    if (account !== null) this.#add(accountKey(account));
  }

  #refuse(key: string, { most, withinMs, sentence }: Limit): void {
    const nowMs = this.#clock.nowMs();
    const recent = (this.#times.get(key) ?? []).filter((at) => Math.abs(nowMs - at) < withinMs);
    if (recent.length === 0) this.#times.delete(key);
    else this.#times.set(key, recent);
    const freeing = recent.at(-most);
    if (freeing === undefined) return;
    const seconds = Math.max(1, Math.ceil((freeing + withinMs - nowMs) / 1000));
    throw new Refusal('too_many', sentence, { retry_after_seconds: seconds });
  }

  #add(key: string): void {
    if (!this.#times.has(key) && this.#times.size >= MOST_KEPT) {
      const [oldest] = this.#times.keys();
      if (oldest !== undefined) this.#times.delete(oldest);
    }
    this.#times.set(key, [...(this.#times.get(key) ?? []), this.#clock.nowMs()]);
  }
}

const accountKey = (account: string): string => `account ${account.toLowerCase()}`;
