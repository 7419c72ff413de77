/**
 * The calls of one connection that are not answered yet. They all fail when it ends, and so does each later one.
 *
 * Not a `Promise.race` with one promise of the end: that would keep every answer for as long as the connection lasts.
 */
export class PendingCalls {
  #end: Error | null = null;
  readonly #failing = new Set<(cause: Error) => void>();

  /** The answer of a call, or the end of the connection when that comes first. */
  async answerOf<T>(call: PromiseLike<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#end === null) this.#failing.add(reject);
    else reject(this.#end);
    call.then(resolve, reject);
    try {
      return await promise;
    } finally {
      this.#failing.delete(reject);
    }
  }

  /** Only the first end counts. */
  endWith(cause: Error): void {
    this.#end ??= cause;
    for (const fail of this.#failing) fail(this.#end);
    this.#failing.clear();
  }
}
