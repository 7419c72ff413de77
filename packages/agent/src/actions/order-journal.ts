// What reaches the disk is called by way of the module, so that a proof can stand between on each runtime.
import fs, { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AuditHead,
  type HeldHead,
  Order,
  OrderId,
  OrderResult,
  ServiceSnapshot,
  Timestamp,
} from '@homelabcmd/protocol';
import { z } from 'zod';
import type { Run } from './guards/rate.ts';
import { makeFolderDurably, syncFolder, writeDurably } from '../durable-file.ts';

/** The head of the hub's audit that came with the order; absent from an older hub. Older agents pass over the key. */
const audit = AuditHead.nullable().default(null);

/** As it came. One that came before orders had a digest is read too. */
const KeptOrder = Order.extend({ digest: Order.shape.digest.default('') });

/** Written before anything runs: from here on the order may have run. */
const Intent = z.object({
  kind: z.literal('intent'),
  at: Timestamp,
  order: KeptOrder,
  unit: z.string(),
  before: ServiceSnapshot.nullable(),
  audit,
  /** When it was by a clock that nobody can set: how long this boot of the machine had lasted. */
  boot_id: z.string().optional(),
  uptime_ms: z.number().optional(),
});
export type Intent = z.infer<typeof Intent>;
type NewIntent = Omit<Intent, 'kind' | 'at' | 'audit'> & { readonly audit?: AuditHead | null };

const Entry = z.discriminatedUnion('kind', [
  Intent,
  /** Of an order that was refused before its intent was written, the head is here. */
  z.object({ kind: z.literal('result'), at: Timestamp, order_id: OrderId, result: OrderResult, audit }),
  z.object({ kind: z.literal('acknowledged'), at: Timestamp, order_id: OrderId }),
]);
type Entry = z.infer<typeof Entry>;

/** All that is known here of one order. */
export interface OrderRecord {
  intent: Intent | null;
  result: OrderResult | null;
  acknowledged: boolean;
  /** What the order brought of the hub's audit, and when. */
  head: HeldHead | null;
}

const KEPT_MS = 400 * 24 * 60 * 60 * 1000;
/** Whoever has the hub can send orders without end, and each is refused here. */
const BOUNDS = { mostRefused: 2000, compactedAfterBytes: 8 * 1024 * 1024 };

const orderIdOf = (entry: Entry): string => (entry.kind === 'intent' ? entry.order.order_id : entry.order_id);

/**
 * The agent's own record of orders: one JSON line an entry, appended and on disk when a write returns. A line that a
 * crash cut short counts as never written; it can only be the last one. Old orders are dropped when it is opened.
 *
 * What ran, or may have, is never dropped before its time. Of orders that were refused the newest are known: who sends an
 * older one again gets no more by that than by a new order, and memory and disk of the server have an end.
 */
export class OrderJournal implements Disposable {
  readonly #orders = new Map<string, OrderRecord>();
  readonly #refused = new Set<string>();
  readonly #stateDir: string;
  readonly #bounds: typeof BOUNDS;
  #descriptor: number;
  #bytesSinceCompacted = 0;
  #torn = false;
  #closed = false;

  constructor(stateDir: string, now = Date.now(), bounds = BOUNDS) {
    makeFolderDurably(stateDir);
    this.#stateDir = stateDir;
    this.#bounds = bounds;
    this.#descriptor = this.#open(now);
  }

  /** Reads what is there, leaves out what is not kept any more, and answers where to go on. */
  #open(now: number): number {
    const path = join(this.#stateDir, 'orders.jsonl');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const young = parseJournal(text).filter(({ entry }) => now - Date.parse(entry.at) < KEPT_MS);
    this.#orders.clear();
    this.#refused.clear();
    for (const { entry } of young) this.#remember(entry);
    const kept = young.filter(({ entry }) => this.#orders.has(orderIdOf(entry)));
    const compact = kept.map(({ line }) => `${line}\n`).join('');
    if (compact !== text) writeDurably(path, compact);
    const descriptor = openSync(path, 'a', 0o600);
    syncFolder(this.#stateDir);
    return descriptor;
  }

  get(orderId: string): OrderRecord | null {
    return this.#orders.get(orderId) ?? null;
  }

  /** Orders that may have run and whose outcome is not known. */
  openIntents(): Intent[] {
    return [...this.#orders.values()].flatMap(({ intent, result }) =>
      intent !== null && result === null ? [intent] : [],
    );
  }

  /** Orders that ran, or may have, in the order in which they came. */
  runs(): Run[] {
    return [...this.#orders.values()].flatMap(({ intent, result }) =>
      intent === null || result?.outcome === 'refused'
        ? []
        : [
            {
              unit: intent.unit,
              atMs: Date.parse(intent.at),
              bootId: intent.boot_id ?? null,
              uptimeMs: intent.uptime_ms ?? null,
            },
          ],
    );
  }

  /** Results that the hub has not acknowledged. */
  unacknowledged(): { orderId: string; result: OrderResult }[] {
    return [...this.#orders].flatMap(([orderId, { result, acknowledged }]) =>
      result !== null && !acknowledged ? [{ orderId, result }] : [],
    );
  }

  /** The heads of the hub's audit that orders brought, the newest first. */
  heads(): HeldHead[] {
    const held = [...this.#orders.values()].flatMap(({ head }) => (head === null ? [] : [head]));
    return held.toSorted((a, b) => b.entry - a.entry || (a.at < b.at ? 1 : -1));
  }

  /** @throws when it is not on disk: then the order must not run */
  writeIntent({ audit: head = null, ...rest }: NewIntent): void {
    this.#append({ kind: 'intent', at: new Date().toISOString(), ...rest, audit: head });
  }

  /** @throws when it is not on disk */
  writeResult(orderId: string, result: OrderResult, head: AuditHead | null = null): void {
    const isHeld = (this.#orders.get(orderId)?.head ?? null) !== null;
    const rest = { order_id: orderId, result, audit: isHeld ? null : head };
    this.#append({ kind: 'result', at: new Date().toISOString(), ...rest });
  }

  /** Losing this line does no harm: the result is then sent once more. */
  writeAcknowledged(orderId: string): void {
    const known = this.#orders.get(orderId);
    if (known === undefined || known.acknowledged) return;
    this.#append({ kind: 'acknowledged', at: new Date().toISOString(), order_id: orderId });
  }

  #append(entry: Entry): void {
    if (this.#closed) throw new Error('the journal is closed');
    const line = Buffer.from(`${this.#torn ? '\n' : ''}${JSON.stringify(entry)}\n`);
    // Until it is whole and on disk, the next line must not continue it.
    this.#torn = true;
    let offset = 0;
    while (offset < line.length) offset += fs.writeSync(this.#descriptor, line, offset);
    this.#torn = false;
    fs.fdatasyncSync(this.#descriptor);
    this.#remember(entry);
    this.#bytesSinceCompacted += line.length;
    if (this.#bytesSinceCompacted > this.#bounds.compactedAfterBytes) this.#compact();
  }

  /** The entry is on disk already: a disk that takes no more than that is no reason to say otherwise. */
  #compact(): void {
    this.#bytesSinceCompacted = 0;
    const before = this.#descriptor;
    try {
      this.#descriptor = this.#open(Date.now());
      closeSync(before);
    } catch {
      // The file is as it was, or whole anew; what is in memory came out of it.
    }
  }

  #remember(entry: Entry): void {
    const orderId = orderIdOf(entry);
    const known = this.#orders.get(orderId) ?? {
      ...{ intent: null, result: null, acknowledged: false, head: null },
    };
    if (entry.kind !== 'acknowledged' && entry.audit !== null)
      known.head ??= { ...entry.audit, order_id: orderId, at: entry.at };
    if (entry.kind === 'intent') {
      known.intent = entry;
      if (known.head !== null) known.head = { ...known.head, target: entry.order.target };
    } else if (entry.kind === 'result') known.result = entry.result;
    else if (this.#orders.has(orderId)) known.acknowledged = true;
    else return;
    this.#orders.set(orderId, known);
    if (known.result?.outcome === 'refused') this.#forgetRefused(orderId);
  }

  /** One more was refused: the oldest of too many is not known any more. */
  #forgetRefused(orderId: string): void {
    this.#refused.add(orderId);
    if (this.#refused.size <= this.#bounds.mostRefused) return;
    const [oldest = orderId] = this.#refused;
    this.#refused.delete(oldest);
    this.#orders.delete(oldest);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }
}

/** The entries of a journal, as they stand there; lines that are not whole are left out. */
function parseJournal(text: string): { line: string; entry: Entry }[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [{ line, entry: Entry.parse(JSON.parse(line)) }];
    } catch {
      return [];
    }
  });
}
