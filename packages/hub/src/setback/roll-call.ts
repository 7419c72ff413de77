import { ServerFacts } from '@homelabcmd/protocol';
import type { Store } from '../store/schema.ts';

const LONGEST_MS = 10_000;

/**
 * When a hub starts, the agents that were there when it ended are called, since each of them may know that the store was set back.
 * So nothing is sent to anybody until all have checked in, though not for long, since one of them may be gone.
 *
 *   started ──nobody is expected, or all have checked in, or the time is over──► over
 */
export class RollCall implements Disposable {
  readonly #missing: Set<string>;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  #whenOver: () => void = () => undefined;

  private constructor(missing: Set<string>, longestMs: number) {
    this.#missing = missing;
    this.#timer = setTimeout(() => this.#end(), longestMs);
    if (missing.size === 0) this.#end();
  }

  /** Call it before anything is written about who is there. */
  static async open(db: Store, longestMs = LONGEST_MS): Promise<RollCall> {
    const rows = await db
      .selectFrom('servers')
      .select(['server_id', 'facts_json'])
      .where('liveness', 'in', ['online', 'stale'])
      .execute();
    const keepsHeads = (json: string | null) =>
      json !== null && ServerFacts.parse(JSON.parse(json)).keeps_audit_heads === true;
    const missing = rows.filter(({ facts_json }) => keepsHeads(facts_json)).map(({ server_id }) => server_id);
    return new RollCall(new Set(missing), longestMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Called once, when it is over; not at all if it is over already. */
  whenOver(act: () => void): void {
    this.#whenOver = act;
  }

  /** This server's agent has checked in, or the server is gone. */
  present(serverId: string): void {
    this.#missing.delete(serverId);
    if (this.#missing.size === 0) this.#end();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#whenOver = () => undefined;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#whenOver();
  }
}
