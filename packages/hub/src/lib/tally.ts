/** How often each of a closed set of things has happened since the start. What has not happened yet counts 0 and is there. */
export class Tally<K extends string> {
  readonly #counts: Map<K, number>;

  constructor(of: readonly K[]) {
    this.#counts = new Map(of.map((thing) => [thing, 0]));
  }

  add(thing: K): void {
    this.#counts.set(thing, (this.#counts.get(thing) ?? 0) + 1);
  }

  get counts(): ReadonlyMap<K, number> {
    return this.#counts;
  }
}
