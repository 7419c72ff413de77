import {
  FRAME_VERSION,
  type AgentFrame,
  type HubFrame,
  ServerFacts,
  type Witness,
} from '@homelabcmd/protocol';
import type { Store } from '../store/schema.ts';

/** The way to the agents, as this needs it; the link door implements it. */
interface AgentLine {
  isConnected(serverId: string): boolean;
  /** Hands a frame to the connection; false when there is none. */
  send(serverId: string, frame: HubFrame): boolean;
}

type Heads = Extract<AgentFrame, { type: 'heads' }>;

const ANSWER_WITHIN_MS = 5000;

/**
 * Asks the agents what they were shown of the audit. An agent writes the head that comes with an order to its own disk
 * before the order runs, so whoever rewrites the hub's store cannot rewrite what the servers hold.
 */
export class Witnesses {
  readonly #db: Store;
  readonly #line: AgentLine;
  readonly #answerWithinMs: number;
  readonly #asked = new Map<number, { serverId: string; answer: (heads: Heads) => void }>();
  #lastQueryId = 0;

  constructor(db: Store, line: AgentLine, answerWithinMs = ANSWER_WITHIN_MS) {
    this.#db = db;
    this.#line = line;
    this.#answerWithinMs = answerWithinMs;
  }

  /** Takes in what an agent answers. Who speaks is known from the connection; nobody answers for another. */
  heard(serverId: string, frame: Heads): void {
    const asked = this.#asked.get(frame.query_id);
    if (asked?.serverId === serverId) asked.answer(frame);
  }

  /** Every server with what its agent says, those that cannot be asked too: nobody is to take silence for agreement. */
  async askAll(limit: number): Promise<Witness[]> {
    const servers = await this.#db
      .selectFrom('servers')
      .select(['server_id', 'facts_json'])
      .orderBy('server_id')
      .execute();
    return Promise.all(
      servers.map(({ server_id, facts_json }) => {
        const facts = facts_json === null ? null : ServerFacts.parse(JSON.parse(facts_json));
        return this.#ask(server_id, facts?.keeps_audit_heads === true, limit);
      }),
    );
  }

  async #ask(serverId: string, keepsHeads: boolean, limit: number): Promise<Witness> {
    const without = (status: Witness['status']): Witness => ({
      ...{ server_id: serverId, status, heads: [], total: 0 },
    });
    if (!this.#line.isConnected(serverId)) return without('offline');
    if (!keepsHeads) return without('keeps_none');
    this.#lastQueryId += 1;
    const queryId = this.#lastQueryId;
    const { promise, resolve } = Promise.withResolvers<Heads | null>();
    const timer = setTimeout(() => resolve(null), this.#answerWithinMs);
    this.#asked.set(queryId, { serverId, answer: resolve });
    try {
      if (!this.#line.send(serverId, { v: FRAME_VERSION, type: 'query_heads', query_id: queryId, limit }))
        return without('offline');
      const answer = await promise;
      if (answer === null) return without('silent');
      const heads = answer.heads.slice(0, limit);
      return { server_id: serverId, status: 'answered', heads, total: answer.total };
    } finally {
      clearTimeout(timer);
      this.#asked.delete(queryId);
    }
  }
}
