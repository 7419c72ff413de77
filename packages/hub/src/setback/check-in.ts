import { type AgentFrame, type HubFrame, MAX_HEADS, ServerFacts } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { compareHeads } from './compare.ts';
import type { SetbackParts } from './declare.ts';
import { headsNotOurs } from './heads.ts';
import { journalOf, writeJournal } from './journals.ts';
import { ordersToAsk } from './unaccounted.ts';

type Heads = Extract<AgentFrame, { type: 'heads' }>;

/** What this needs of the link and of the features about actions. */
export interface CheckInParts extends SetbackParts {
  /** Hands a frame to the connection; false when there is none. */
  send(serverId: string, frame: HubFrame): boolean;
  /** The agent may be sent orders from here on; it holds these orders on its disk. */
  cleared(serverId: string, held: ReadonlySet<string>): Promise<void>;
  /** A setback was declared: what became unknown is to be asked about everywhere. */
  declared(): Promise<void>;
}

interface Waiting {
  readonly clear: () => void;
  readonly timer: NodeJS.Timeout;
  limit: number;
}

/** The question of a check-in; those of others begin at 1. */
const QUERY_ID = 0;
const ANSWER_WITHIN_MS = 5000;
/** So many tell whether all is well; only an agent that holds something odd is asked for all. */
const FIRST_HEADS = 100;

/**
 * Each connection of an agent begins with one question: which heads of the audit do you keep? Nothing is sent to it
 * before its answer has been compared with the store.
 *
 *   connected ──asked──► waiting ──answer──► compared ──► cleared: orders and questions go out
 *                         ▲    │                └─ not ours ─► setback declared ─► cleared: the fleet is frozen
 *                         └────┘ no answer: asked again, for as long as the connection lasts
 */
export class CheckIns implements Disposable {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #logger: Logger;
  readonly #parts: CheckInParts;
  readonly #waiting = new Map<string, Waiting>();

  constructor(db: Store, log: EventLog, logger: Logger, parts: CheckInParts) {
    this.#db = db;
    this.#log = log;
    this.#logger = logger;
    this.#parts = parts;
  }

  /** The agent of this server has connected. `clear` lets orders through on this connection. */
  async begin(serverId: string, clear: () => void): Promise<void> {
    this.left(serverId);
    if (!(await this.#keepsHeads(serverId))) return this.#compare(serverId, { heads: [], total: 0 }, clear);
    this.#ask(serverId, clear, FIRST_HEADS);
  }

  /** Takes in what an agent answers; answers to other questions are passed over. */
  async heard(serverId: string, { query_id, heads, total }: Heads): Promise<void> {
    const waiting = this.#waiting.get(serverId);
    if (query_id !== QUERY_ID || waiting === undefined) return;
    this.left(serverId);
    const isAll = total <= heads.length || waiting.limit === MAX_HEADS;
    if (!isAll && (await headsNotOurs(this.#db, heads)).length > 0)
      return this.#ask(serverId, waiting.clear, MAX_HEADS);
    await this.#compare(serverId, { heads, total }, waiting.clear);
  }

  /** The connection is gone. */
  left(serverId: string): void {
    clearTimeout(this.#waiting.get(serverId)?.timer);
    this.#waiting.delete(serverId);
  }

  [Symbol.dispose](): void {
    for (const serverId of this.#waiting.keys()) this.left(serverId);
  }

  #ask(serverId: string, clear: () => void, limit: number): void {
    if (!this.#parts.send(serverId, { v: 1, type: 'query_heads', query_id: QUERY_ID, limit })) return;
    const timer = setTimeout(() => {
      this.#logger.warn(
        { server_id: serverId },
        'an agent does not say what it holds of the audit: nothing is sent to it until it does',
      );
      this.#ask(serverId, clear, limit);
    }, ANSWER_WITHIN_MS);
    this.#waiting.set(serverId, { clear, timer, limit });
  }

  async #compare(serverId: string, held: Pick<Heads, 'heads' | 'total'>, clear: () => void): Promise<void> {
    const isDeclared = await this.#log.transaction(async (open) => {
      const journal = await journalOf(open.tx, serverId);
      if (journal === null) return false;
      const isDeclared = await compareHeads(open, this.#parts, serverId, journal, held);
      await writeJournal(open, serverId, journal, held);
      return isDeclared;
    });
    clear();
    if (isDeclared) {
      this.#logger.warn(
        { server_id: serverId },
        'the store is older than what this agent has seen: the fleet is frozen',
      );
      await this.#parts.declared();
    }
    await this.#parts.cleared(serverId, new Set(held.heads.map(({ order_id }) => order_id)));
    const order_ids = await ordersToAsk(this.#db, serverId);
    if (order_ids.length > 0) this.#parts.send(serverId, { v: 1, type: 'query', order_ids });
  }

  async #keepsHeads(serverId: string): Promise<boolean> {
    const server = await this.#db
      .selectFrom('servers')
      .select('facts_json')
      .where('server_id', '=', serverId)
      .executeTakeFirst();
    if (!server?.facts_json) return false;
    return ServerFacts.parse(JSON.parse(server.facts_json)).keeps_audit_heads === true;
  }
}
