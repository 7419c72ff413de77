import type { SystemdSession } from '../systemd/port.ts';
import type { ServiceBook } from './book.ts';
import type { ServiceRecord } from './record.ts';

const AT_ONCE = 4;
const MAX_TRIES = 3;

/**
 * Reads services from systemd into the book: all of them, or those of whom a list says that they differ. One list is
 * under way at a time; a wish that comes meanwhile is fulfilled once, afterwards. A session that is lost on the way
 * ends the reading without an error: the next session begins with all of it.
 */
export class ServiceReader {
  session: SystemdSession | null = null;
  readonly #book: ServiceBook;
  readonly #onRead: (record: ServiceRecord) => void;
  readonly #onListed: (removed: boolean, whole: boolean, othersChanged: boolean) => void;
  #running = false;
  #wish: { all: boolean; expected: boolean } | null = null;

  constructor(
    book: ServiceBook,
    onRead: (record: ServiceRecord) => void,
    onListed: (removed: boolean, whole: boolean, othersChanged: boolean) => void,
  ) {
    this.#book = book;
    this.#onRead = onRead;
    this.#onListed = onListed;
  }

  /** Reads every service anew. */
  readAll(): Promise<void> {
    return this.#run({ all: true, expected: true });
  }

  /**
   * Reads what differs from systemd's list. Looking up an unloaded unit loads it for a moment, and systemd tells of
   * that: so a list that was asked for because of such news leaves the expected ones alone.
   */
  reconcile(expected: boolean): Promise<void> {
    return this.#run({ all: false, expected });
  }

  async #run(wish: { all: boolean; expected: boolean }): Promise<void> {
    this.#wish = {
      all: wish.all || this.#wish?.all === true,
      expected: wish.expected || this.#wish?.expected === true,
    };
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#wish !== null) {
        const next: { all: boolean; expected: boolean } = this.#wish;
        this.#wish = null;
        await this.#once(next.all, next.expected);
      }
    } finally {
      this.#running = false;
    }
  }

  async #once(all: boolean, expected: boolean): Promise<void> {
    const { session } = this;
    if (session === null) return;
    try {
      const { toRead, removed, othersChanged } = this.#book.compare(await session.list());
      const loaded = all
        ? new Set([
            ...toRead,
            ...[...this.#book.records].flatMap(([unit, { loaded }]) => (loaded ? [unit] : [])),
          ])
        : toRead;
      await this.read([...loaded], true);
      if (expected) await this.read(this.#book.unloadedExpected(), false);
      if (this.session === session) this.#onListed(removed, all, othersChanged);
    } catch {
      // The session is lost, or systemd is too busy to answer: the keeper or the next round sees to it.
    }
  }

  /** Reads these units, a few at a time. */
  async read(units: readonly string[], loaded: boolean): Promise<void> {
    const left = [...units];
    const worker = async () => {
      for (let unit = left.shift(); unit !== undefined; unit = left.shift())
        await this.#readOne(unit, loaded);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, worker));
  }

  /** A signal that came while the reading was under way is newer than parts of it: then it is read again. */
  async #readOne(name: string, loaded: boolean): Promise<void> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const { session } = this;
      if (session === null) return;
      const before = this.#book.records.get(name)?.changes;
      const state = await session.read(name).catch(() => null);
      if (state === null || this.session !== session) return;
      if (before !== this.#book.records.get(name)?.changes && tries < MAX_TRIES) continue;
      const record = this.#book.read(name, state, loaded, performance.now());
      if (record !== null) this.#onRead(record);
      return;
    }
  }
}
