import type { JournalLine } from '@homelabcmd/protocol';
import type { Log } from '../log.ts';
import { messageOf } from '../log.ts';
import { JournalKept, type JournalReader } from '../systemd/port.ts';
import type { FoundJournal } from './record.ts';

const MAX_LINES = 50;
/** journald writes what a service said in its last moment a little later than systemd says that it ended. */
const FIRST_LOOK_MS = 40;
const SECOND_LOOK_MS = 1000;
/** A unit that crashes many times a second is read no more often than this. */
const BETWEEN_READS_MS = 3000;
const MAX_JOURNAL_CHARACTERS = 16_384;

interface Wanted {
  invocationId: string;
  timer: NodeJS.Timeout;
}

/**
 * Reads the last words of runs that ended, one at a time, twice each: soon, and once more for what came late. For a
 * unit that ends again and again only the newest run is read.
 */
export class JournalQueue implements Disposable {
  readonly #read: JournalReader;
  readonly #found: (unit: string, journal: FoundJournal) => void;
  readonly #log: Log;
  readonly #wanted = new Map<string, Wanted>();
  readonly #readAt = new Map<string, number>();
  #last: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(read: JournalReader, found: (unit: string, journal: FoundJournal) => void, log: Log) {
    this.#read = read;
    this.#found = found;
    this.#log = log;
  }

  want(unit: string, invocationId: string): void {
    if (invocationId === '' || this.#wanted.get(unit)?.invocationId === invocationId) return;
    this.#look(unit, invocationId, 1);
  }

  /** The unit runs again: its last words are of no more interest. */
  forget(unit: string): void {
    clearTimeout(this.#wanted.get(unit)?.timer);
    this.#wanted.delete(unit);
  }

  /** What is shown may have changed: a run whose lines were withheld is looked at again. */
  again(unit: string, invocationId: string): void {
    this.forget(unit);
    this.want(unit, invocationId);
  }

  #look(unit: string, invocationId: string, look: number): void {
    if (this.#ended) return;
    clearTimeout(this.#wanted.get(unit)?.timer);
    const sinceReadMs = performance.now() - (this.#readAt.get(unit) ?? Number.NEGATIVE_INFINITY);
    const waitMs = look === 1 ? Math.max(FIRST_LOOK_MS, BETWEEN_READS_MS - sinceReadMs) : SECOND_LOOK_MS;
    const timer = setTimeout(() => {
      this.#last = this.#last.then(() => this.#readOne(unit, invocationId, look));
    }, waitMs);
    this.#wanted.set(unit, { invocationId, timer });
  }

  async #readOne(unit: string, invocationId: string, look: number): Promise<void> {
    const isWanted = () => !this.#ended && this.#wanted.get(unit)?.invocationId === invocationId;
    if (!isWanted()) return;
    this.#readAt.set(unit, performance.now());
    try {
      const lines = newestWithin(await this.#read(unit, invocationId, MAX_LINES), MAX_JOURNAL_CHARACTERS);
      if (isWanted()) this.#found(unit, { invocationId, lines, withheld: null });
    } catch (cause) {
      if (cause instanceof JournalKept) {
        // A second look would find no more: whoever changes what is shown asks anew.
        if (isWanted()) this.#found(unit, { invocationId, lines: [], withheld: cause.withheld });
        return;
      }
      this.#log('warn', 'the journal could not be read', { unit, problem: messageOf(cause) });
    }
    if (look === 1 && isWanted()) this.#look(unit, invocationId, 2);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    for (const unit of [...this.#wanted.keys()]) this.forget(unit);
  }
}

/** The newest lines that are together no longer than `maxCharacters`. */
export function newestWithin(lines: readonly JournalLine[], maxCharacters: number): JournalLine[] {
  let left = maxCharacters;
  let first = lines.length;
  while (first > 0) {
    left -= lines[first - 1]?.message.length ?? 0;
    if (left < 0) break;
    first -= 1;
  }
  return lines.slice(first);
}
