import {
  ActionStatus,
  type AuditHead,
  type AuditNoteVerb,
  type EventData,
  type EventType,
  type KeptFact,
  ServerFacts,
} from '@homelabcmd/protocol';
import type { Insertable } from 'kysely';
import { ENCODING, entryHash, genesisHash } from '../store/audit-hash.ts';
import { OF_NO_SERVER, type Schema, type Store, type StoreTransaction } from '../store/schema.ts';
import { statement } from '../store/statement.ts';
import type { StoredEvent } from './log.ts';

/** What happened, for the audit alone: no page has to hear of it, or hears of it in other words. */
export interface AuditNote {
  readonly verb: AuditNoteVerb;
  readonly actor: string;
  /** `null` for what concerns the hub itself. */
  readonly serverId: string | null;
  readonly detail: object;
}

/** Who does something by a request to the hub, and from where. */
export interface Origin {
  readonly actor: string;
  /** An IP address: of whoever opened the connection. */
  readonly address: string;
}

/** An entry that has yet to take its place in the chain. */
interface Entry {
  readonly event_id: number | null;
  readonly at: string;
  readonly actor: string;
  readonly verb: string;
  readonly server_id: string;
  readonly action_id: number | null;
  readonly detail: string;
}

/**
 * Keeps a fact of the log for ever, if it is one to be kept. It is written in the fact's own transaction, so that
 * whoever acts upon a fact, as the dispatcher does, finds it in the chain. Call it with the event counter locked.
 */
export async function auditFact(
  chain: ChainEnd,
  event: StoredEvent,
  data: EventData<EventType>,
  origin: Origin | null,
): Promise<void> {
  const { id, at, actor, type: verb, serverId: server_id } = event;
  const head = { event_id: id, at, actor, verb, server_id };
  if (verb.startsWith('action.')) {
    const { action } = data as EventData<'action.requested'>;
    const kept = verb === 'action.progress' ? personsStep(action) : verb;
    if (kept === null) return;
    const detail = JSON.stringify({ ...detailOf(action), ...placeOf(actor, origin) });
    await chain.append({ ...head, verb: kept, action_id: action.action_id, detail });
  } else if (KEPT_FACTS.has(verb)) {
    const told = WHOLE_FACTS.has(verb) ? (JSON.parse(event.dataJson) as object) : {};
    const detail = JSON.stringify({ ...told, ...placeOf(actor, origin) });
    await chain.append({ ...head, action_id: null, detail });
  }
}

/** Keeps a note. Two chains of the same store cannot come about: the event counter's lock is taken here, if it was not. */
export async function auditNote(
  chain: ChainEnd,
  at: string,
  note: AuditNote,
  origin: Origin | null,
): Promise<void> {
  await chain.tx
    .updateTable('hub_counters')
    .set((eb) => ({ last: eb.ref('last') }))
    .where('name', '=', 'event')
    .execute();
  const { verb, actor, serverId, detail } = note;
  await chain.append({
    ...{ event_id: null, at, actor, verb, action_id: null },
    server_id: serverId ?? OF_NO_SERVER,
    detail: JSON.stringify({ ...detail, ...placeOf(actor, origin) }),
  });
}

/** Of what somebody does, the place; not of what the hub or a policy does because of it. */
const placeOf = (actor: string, origin: Origin | null) =>
  origin?.actor === actor ? { from_address: origin.address } : {};

const newestEntry = statement<object, { id: number; hash: string }>((db) =>
  db.selectFrom('audit_entries').select(['id', 'hash']).orderBy('id', 'desc').limit(1),
);

/** The newest entry: its hash stands for the whole chain up to it. Entry 0 is the genesis value, of a chain without any. */
export async function auditHead(db: Store): Promise<AuditHead> {
  const [last] = (await newestEntry(db, {})).rows;
  if (last) return { entry: Number(last.id), hash: last.hash };
  const { chain_id } = await db.selectFrom('audit_chain').select('chain_id').executeTakeFirstOrThrow();
  return { entry: 0, hash: genesisHash(chain_id) };
}

const KeepsHeads = ServerFacts.pick({ keeps_audit_heads: true });

const factsOf = statement<{ serverId: string }, { facts_json: string | null }>((db, { serverId }) =>
  db.selectFrom('servers').select('facts_json').where('server_id', '=', serverId),
);

/** Whether the agent of this server keeps heads: one that knows nothing of them would refuse an order with one. */
export async function keepsHeads(db: Store, serverId: string): Promise<boolean> {
  const [server] = (await factsOf(db, { serverId })).rows;
  if (!server?.facts_json) return false;
  return KeepsHeads.parse(JSON.parse(server.facts_json)).keeps_audit_heads === true;
}

/** Of a key the fact holds the name alone, which the entry needs: the key itself is gone when it was revoked. */
const KEY_FACTS: ReadonlySet<KeptFact> = new Set(['key.created', 'key.revoked']);
/** What somebody changed of the guards is told whole: the row may be gone when it is read. */
const GUARD_FACTS: ReadonlySet<KeptFact> = new Set([
  'freeze.changed',
  'policy.changed',
  'policy.removed',
  'policy.noted',
  'automation.changed',
]);
const WHOLE_FACTS: ReadonlySet<EventType> = new Set<KeptFact>([...KEY_FACTS, ...GUARD_FACTS]);
const KEPT_FACTS: ReadonlySet<EventType> = new Set<KeptFact>([
  'server.created',
  'server.deleted',
  ...KEY_FACTS,
  ...GUARD_FACTS,
]);

const insertEntry = statement<Insertable<Schema['audit_entries']>>((db, row) =>
  db.insertInto('audit_entries').values(row),
);

/** Where a transaction adds to the chain. */
export class ChainEnd {
  readonly tx: StoreTransaction;
  /** The newest entry as this transaction sees it; `null` while that has yet to be read. */
  #head: AuditHead | null = null;

  constructor(tx: StoreTransaction) {
    this.tx = tx;
  }

  /** Call it with the event counter locked. */
  async append(entry: Entry): Promise<void> {
    const { entry: last, hash: prev_hash } = (this.#head ??= await auditHead(this.tx));
    const content = { ...entry, id: last + 1, encoding: ENCODING, prev_hash };
    const hash = entryHash(content);
    await insertEntry(this.tx, { ...content, hash });
    this.#head = { entry: content.id, hash };
  }

  /** Work that fails is taken back by itself, and what it has added with it. */
  async undoneIfFailed<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#head;
    try {
      return await work();
    } catch (error) {
      this.#head = before;
      throw error;
    }
  }
}

type Action = EventData<'action.requested'>['action'];

/** What was decided, on what, and why: `from` and `to` are statuses, `note` is the sentence of the time line. */
function detailOf(action: Action) {
  const { order_id, service_name, target, verb, status, digest, reason, self_approved } = action;
  const last = action.steps.at(-1);
  return {
    from: statusBefore(action),
    to: status,
    digest,
    order_id,
    verb,
    service_name,
    target,
    requested_by: action.created_by,
    approved_by: action.approved_by,
    self_approved,
    reason,
    note: last?.detail ?? null,
    outcome: action.result?.code ?? null,
    ...(status === 'approved' ? signedBy(action) : {}),
  };
}

/** What a passkey has signed is kept with the action; the chain holds what it must not be changed from. */
const signedBy = ({ approval_seal: kept }: Action) =>
  kept === undefined
    ? {}
    : { signed_by: kept.public_key, signature: kept.seal.signature, holds_until: kept.seal.until };

/** Steps within a status are the agent's, but for one that a person asks for. */
const personsStep = ({ steps }: Action): string | null =>
  steps.at(-1)?.step === 'cancel_requested' ? 'action.cancel_requested' : null;

/** The time line holds every status that an action has had, with the steps of the agent between them. */
function statusBefore({ steps }: Action): ActionStatus | null {
  const earlier = steps.slice(0, -1).map(({ step }) => ActionStatus.safeParse(step));
  return earlier.findLast(({ success }) => success)?.data ?? null;
}
