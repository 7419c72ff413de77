import type { EventLog } from '../events/log.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { tellUntold } from './freeze.ts';

const LOOK_MS = 1000;

/**
 * Notices a freeze that was set or lifted on the command line, and tells of it. Nothing is held back by this look: the
 * dispatch statement asks the row itself. It is the one state that another process may change while the hub runs.
 */
export class FreezeWatch implements AsyncDisposable {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isDisposed = false;

  constructor(db: Store, log: EventLog, logger: Logger) {
    this.#db = db;
    this.#log = log;
    this.#logger = logger;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async #look(): Promise<void> {
    try {
      await tellUntold(this.#db, this.#log);
    } catch (error) {
      this.#logger.error({ err: error }, 'a change of the freeze could not be told');
    }
    if (!this.#isDisposed) this.#timer = setTimeout(() => this.start(), LOOK_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }
}
