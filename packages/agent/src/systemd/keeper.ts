import { Backoff } from '../backoff.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../log.ts';
import type { SystemdEvents, SystemdPort, SystemdSession } from './port.ts';

export interface KeeperEvents extends Omit<SystemdEvents, 'lost'> {
  /** There is a session, a first or a new one: what was known before may have changed meanwhile. */
  connected(session: SystemdSession): void;
  /** There is none, and why, as a sentence. */
  unavailable(problem: string): void;
}

/**
 * Keeps one session with systemd.
 *
 *   connecting ──ok──► connected ──lost──► waiting ──backoff──► connecting ──…
 *       └──────failed──────────────────────►┘
 */
export class SystemdKeeper implements AsyncDisposable {
  #session: SystemdSession | null = null;
  #problem: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #waiting: (() => void)[] = [];
  readonly #port: SystemdPort;
  readonly #events: KeeperEvents;
  readonly #log: Log;
  readonly #backoff = new Backoff(200, 30_000);

  /** Ends when the first attempt to connect has ended, well or not. */
  readonly firstAttempt: Promise<void>;

  constructor(port: SystemdPort, events: KeeperEvents, log: Log) {
    this.#port = port;
    this.#events = events;
    this.#log = log;
    this.firstAttempt = this.#connect();
  }

  get session(): SystemdSession | null {
    return this.#session;
  }

  /** Why there is no session, or `null`. */
  get problem(): string | null {
    return this.#session === null ? (this.#problem ?? 'The agent has not reached systemd yet.') : null;
  }

  /** The session, or `null` when there is none within `timeoutMs`. */
  async sessionWithin(timeoutMs: number): Promise<SystemdSession | null> {
    if (this.#session !== null || timeoutMs <= 0) return this.#session;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.push(resolve);
    await promise;
    clearTimeout(timer);
    return this.#session;
  }

  async #connect(): Promise<void> {
    try {
      const session = await this.#port.connect({
        ...this.#events,
        lost: (problem) => this.#lost(problem),
      });
      if (this.#ended) return session[Symbol.asyncDispose]();
      this.#session = session;
      this.#problem = null;
      this.#backoff.reset();
      this.#log('info', 'connected to systemd', { version: session.version });
      this.#events.connected(session);
      for (const resolve of this.#waiting.splice(0)) resolve();
    } catch (cause) {
      this.#failed(messageOf(cause));
    }
  }

  #lost(problem: string): void {
    this.#session = null;
    this.#failed(`The agent lost systemd: ${problem}.`);
  }

  #failed(problem: string): void {
    if (this.#ended) return;
    if (problem !== this.#problem) this.#log('warn', 'no connection to systemd', { problem });
    this.#problem = problem;
    this.#events.unavailable(problem);
    this.#timer = setTimeout(() => void this.#connect(), this.#backoff.next());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const resolve of this.#waiting.splice(0)) resolve();
    const session = this.#session;
    this.#session = null;
    await session?.[Symbol.asyncDispose]();
  }
}
