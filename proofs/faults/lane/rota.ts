import type { Lane } from './lane.ts';

/** The hub stops a person at twenty restarts of a service within an hour. */
const RESTARTS_EACH = 14;
const SLOW_SHARE = 0.25;

/**
 * Whose turn it is: services of a lane one after the other. It keeps the books of all starts, so that one that no round has
 * seen, such as a late one of an earlier order, is found at the end.
 */
export class ServiceRota {
  readonly #lane: Lane;
  readonly #expected = new Map<string, number>();
  #turns = { quick: 0, slow: 0 };

  private constructor(lane: Lane) {
    this.#lane = lane;
  }

  static countsFor(rounds: number): { quick: number; slow: number } {
    const each = (share: number) => Math.max(6, Math.ceil((rounds * share) / RESTARTS_EACH));
    return { quick: each(1), slow: each(SLOW_SHARE) };
  }

  static async of(lane: Lane): Promise<ServiceRota> {
    const rota = new ServiceRota(lane);
    await rota.settled();
    return rota;
  }

  next(isSlow: boolean): string {
    const { quick, slow } = this.#lane.server;
    const [names, turn] = isSlow ? [slow, this.#turns.slow++] : [quick, this.#turns.quick++];
    return names[turn % names.length] ?? '';
  }

  /** Takes the starts so far as they are. */
  async settled(): Promise<void> {
    for (const service of this.#services)
      this.#expected.set(service, (await this.#lane.server.runs(service)).length);
  }

  ran(service: string, times: number): void {
    this.#expected.set(service, (this.#expected.get(service) ?? 0) + times);
  }

  /** After a loss of power nothing runs: everything is started by hand, and the hub hears of it. */
  async startAgain(): Promise<void> {
    await this.#lane.server.startAll();
    await this.#lane.reported();
    await this.settled();
  }

  /** Starts that no round has seen. */
  async strays(): Promise<string[]> {
    const found: string[] = [];
    for (const service of this.#services) {
      const runs = (await this.#lane.server.runs(service)).length;
      const expected = this.#expected.get(service) ?? 0;
      if (runs !== expected)
        found.push(`${service} was started ${runs - expected} times more than its rounds have seen`);
    }
    return found;
  }

  get #services(): string[] {
    return [...this.#lane.server.quick, ...this.#lane.server.slow];
  }
}
