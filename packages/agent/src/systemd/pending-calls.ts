/**
 * The calls of one connection that are not answered yet. They all fail when it ends, and so does each later one.
 *
 * Not a `Promise.race` with one promise of the end: that would keep every answer for as long as the connection lasts.
 */
export class PendingCalls {
  #end: Error | null = null;
  readonly #failing = new Set<(cause: Error) => void>();

  /** The answer of a call, or the end of the connection when that comes first. */
  answerOf<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) reject(this.#end);
      else this.#failing.add(reject);
      call.then(resolve, reject).finally(() => this.#failing.delete(reject));
    });
  }

  /** Only the first end counts. */
  endWith(cause: Error): void {
    this.#end ??= cause;
    for (const fail of this.#failing) fail(this.#end);
    this.#failing.clear();
  }
}
