import { keepsHeads } from '../events/audit-trail.ts';
import { FRAME_VERSION, type AgentFrame, type HubFrame, MAX_HEADS } from '@homelabcmd/protocol';
import type { EventLog } from '../events/log.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { compareLife, lacksNewest, reasonOfTwo } from './agent-life.ts';
import { compareHeads } from './compare.ts';
import type { SetbackParts } from './declare.ts';
import { headsNotOurs } from './heads.ts';
import { journalOf, noteNewest, writeJournal } from './journals.ts';
import type { RollCall } from './roll-call.ts';
import { ordersToAsk, settleUnaccounted } from './unaccounted.ts';

type Result = Pick<Extract<AgentFrame, { type: 'order_result' }>, 'order_id' | 'result'>;
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
/** After an order: it is among the newest. */
const NEWEST_HEADS = 20;

const TWO_AGENTS = 'Two agents are there with one key, and it is not known which of them has it';

/**
 * Each connection of an agent begins with one question: which heads of the audit do you keep? Nothing is sent to it
 * before its answer has been compared with the store.
 *
 *   connected ──asked──► waiting ──answer──► compared ──► cleared, once the roll call is over: orders and questions go out
 *                         ▲    │                └─ not ours ─► setback declared ─► cleared: the fleet is frozen
 *                         └────┘ no answer: asked again, for as long as the connection lasts
 */
export class CheckIns implements Disposable {
  readonly #db: Store;
  readonly #log: EventLog;
  readonly #logger: Logger;
  readonly #parts: CheckInParts;
  readonly #rollCall: RollCall;
  /** Those that have checked in while others are still called. */
  readonly #early = new Map<string, () => void>();
  readonly #waiting = new Map<string, Waiting>();
  /** Asked after an order ended; `again` when another has ended since, of which the answer may not tell. */
  readonly #asked = new Map<string, 'once' | 'again'>();

  constructor(db: Store, log: EventLog, logger: Logger, rollCall: RollCall, parts: CheckInParts) {
    this.#rollCall = rollCall;
    rollCall.whenOver(() => this.#askEarly());
    this.#db = db;
    this.#log = log;
    this.#logger = logger;
    this.#parts = parts;
  }

  /** The agent of this server has connected. `clear` lets orders through on this connection. */
  async begin(serverId: string, clear: () => void): Promise<void> {
    this.left(serverId);
    if (!(await keepsHeads(this.#db, serverId)))
      return this.#compare(serverId, { heads: [], total: 0 }, clear);
    this.#ask(serverId, clear, FIRST_HEADS);
  }

  /** Takes in what an agent answers; answers to other questions are passed over. */
  async heard(serverId: string, { query_id, heads, total }: Heads): Promise<void> {
    if (query_id !== QUERY_ID) return;
    const waiting = this.#waiting.get(serverId);
    if (waiting === undefined) {
      await this.#log.transaction((open) => noteNewest(open, serverId, { heads, total }));
      if (this.#asked.get(serverId) === 'again') this.#askNewest(serverId);
      else this.#asked.delete(serverId);
      return;
    }
    this.left(serverId);
    const isAll = total <= heads.length || waiting.limit === MAX_HEADS;
    if (!isAll && (await this.#isOdd(serverId, heads))) return this.#ask(serverId, waiting.clear, MAX_HEADS);
    await this.#compare(serverId, { heads, total }, waiting.clear);
  }

  /**
   * How an order ended has been committed: the agent is told so, and is asked what it holds now. That order is on its disk,
   * and is to be there from now on.
   */
  async resultTaken(serverId: string, { order_id, result }: Result): Promise<void> {
    await settleUnaccounted(this.#log, this.#db, serverId, order_id, result);
    this.#parts.send(serverId, { v: FRAME_VERSION, type: 'result_ack', order_id });
    if (this.#waiting.has(serverId) || !(await keepsHeads(this.#db, serverId))) return;
    if (this.#asked.has(serverId)) this.#asked.set(serverId, 'again');
    else this.#askNewest(serverId);
  }

  #askNewest(serverId: string): void {
    this.#asked.set(serverId, 'once');
    this.#parts.send(serverId, {
      v: FRAME_VERSION,
      type: 'query_heads',
      query_id: QUERY_ID,
      limit: NEWEST_HEADS,
    });
  }

  /** Two agents are there with one key: nothing is sent to either, and neither can answer for the other. */
  async two(serverId: string, addresses: readonly [string, string]): Promise<void> {
    await this.#log.transaction(async (open) => {
      const journal = await journalOf(open.tx, serverId);
      if (journal === null) return;
      const life = journal.life + 1;
      const [held, why] = [new Set<string>(), TWO_AGENTS];
      await this.#parts.endOrdersOut(open, serverId, { life, held, why });
      await open.tx.updateTable('agent_journals').set({ life }).where('server_id', '=', serverId).execute();
      await this.#parts.quarantine(open, serverId, reasonOfTwo(serverId, addresses));
    });
  }

  /** The connection is gone. */
  left(serverId: string): void {
    clearTimeout(this.#waiting.get(serverId)?.timer);
    this.#waiting.delete(serverId);
    this.#asked.delete(serverId);
    this.#early.delete(serverId);
  }

  [Symbol.dispose](): void {
    for (const serverId of this.#waiting.keys()) this.left(serverId);
  }

  /** Whether the newest heads are not all that has to be known. */
  async #isOdd(serverId: string, heads: Heads['heads']): Promise<boolean> {
    if ((await headsNotOurs(this.#db, heads)).length > 0) return true;
    const journal = await journalOf(this.#db, serverId);
    return journal !== null && lacksNewest(journal, { heads, total: heads.length }, 0);
  }

  #ask(serverId: string, clear: () => void, limit: number): void {
    if (!this.#parts.send(serverId, { v: FRAME_VERSION, type: 'query_heads', query_id: QUERY_ID, limit }))
      return;
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
      const known = await journalOf(open.tx, serverId);
      if (known === null) return false;
      const journal = await compareLife(open, this.#parts, serverId, known, held);
      const isDeclared = await compareHeads(open, this.#parts, serverId, journal, held);
      await writeJournal(open, serverId, journal, held);
      return isDeclared;
    });
    if (isDeclared) {
      this.#logger.warn(
        { server_id: serverId },
        'the store is older than what this agent has seen: the fleet is frozen',
      );
      await this.#parts.declared();
    }
    this.#rollCall.present(serverId);
    if (!this.#rollCall.isOver) {
      this.#early.set(serverId, clear);
      return;
    }
    clear();
    await this.#parts.cleared(serverId, new Set(held.heads.map(({ order_id }) => order_id)));
    const order_ids = await ordersToAsk(this.#db, serverId);
    if (order_ids.length > 0) this.#parts.send(serverId, { v: FRAME_VERSION, type: 'query', order_ids });
  }

  /** All have been heard, or need not be waited for. Asked again, an agent is cleared in the order of its own frames. */
  #askEarly(): void {
    for (const [serverId, clear] of [...this.#early])
      void this.begin(serverId, clear).catch((error: unknown) =>
        this.#logger.error({ err: error, server_id: serverId }, 'an agent could not be checked in'),
      );
  }
}
