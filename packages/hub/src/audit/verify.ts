import type { AuditHead } from '@homelabcmd/protocol';
import { sql } from 'kysely';
import { ENCODING, type EntryContent, entryHash, genesisHash, type Stored } from '../store/audit-hash.ts';
import type { Store } from '../store/schema.ts';

/** An entry as it stands in the store. Somebody may have changed it, so nothing is taken for what it should be. */
export type StoredEntry = EntryContent & { readonly hash: Stored };
type Row = StoredEntry;

/** Whether the hash of an entry is that of its content. */
export function isWhole(row: StoredEntry): boolean {
  return row.encoding !== null && Number(row.encoding) === ENCODING && entryHash(row) === row.hash;
}

/** Something that is not as the hub wrote it, in a sentence that names the entry. */
export interface ChainFault {
  /** `genesis` is the chain's beginning; the others are about one place in it. */
  readonly kind: 'genesis' | 'missing' | 'edited' | 'moved' | 'inserted' | 'unlinked';
  readonly entry: number;
  readonly sentence: string;
}

export interface ChainVerdict {
  readonly entries: number;
  readonly head: AuditHead;
  /** The first of what is wrong. */
  readonly faults: readonly ChainFault[];
  /** How many faults there are in all. */
  readonly faultCount: number;
  /** What stands in the store at the numbers that were asked for, and the genesis value at 0. */
  readonly hashes: ReadonlyMap<number, string>;
}

/** A few milliseconds' work: a hub that checks its chain meanwhile answers others between two slices. */
const SLICE = 250;
/** So many are told; an entry that was put in between others puts all after it in the wrong place. */
const TOLD = 20;

/**
 * Walks the chain from its beginning. Each entry is judged by itself, from the hash that stands in the one before it, so
 * that one fault does not make everything after it look wrong.
 * @param wanted entries whose hashes are to be told, to compare them with what others hold
 * @param walked hears after each slice how many entries have been looked at; the next slice waits for it
 */
export async function verifyChain(
  db: Store,
  wanted: ReadonlySet<number> = new Set(),
  walked?: (entries: number) => Promise<void>,
): Promise<ChainVerdict> {
  const genesis = await genesisOf(db);
  const walk = new Walk(genesis, wanted);
  let entries = 0;
  for await (const rows of slicesOf(db)) {
    for (const row of rows) walk.take(row);
    entries += rows.length;
    await walked?.(entries);
  }
  return walk.verdict();
}

async function genesisOf(db: Store): Promise<string | null> {
  const rows = await db.selectFrom('audit_chain').select('chain_id').execute();
  return rows[0] === undefined ? null : genesisHash(rows[0].chain_id);
}

async function* slicesOf(db: Store): AsyncGenerator<readonly Row[]> {
  const all = db.selectFrom('audit_entries').selectAll().orderBy('id').limit(SLICE);
  for (let last: Row | undefined; ; ) {
    const after = last?.id;
    const query = after === undefined ? all : all.where(sql<boolean>`id > ${after}`);
    const rows: Row[] = await query.execute();
    yield rows;
    last = rows.at(-1);
    if (rows.length < SLICE) return;
  }
}

class Walk {
  readonly #genesis: string | null;
  readonly #wanted: ReadonlySet<number>;
  readonly #hashes = new Map<number, string>();
  readonly #faults: ChainFault[] = [];
  /** Entries whose hash is not that of their content, to look whether they belong in each other's place. */
  readonly #broken: Row[] = [];
  #faultCount = 0;
  #entries = 0;
  #head: AuditHead;
  /** What follows one that was edited need not fit it: that is told of the edited one. */
  #isPreviousWhole = true;

  constructor(genesis: string | null, wanted: ReadonlySet<number>) {
    this.#genesis = genesis;
    this.#wanted = wanted;
    this.#head = { entry: 0, hash: genesis ?? '' };
    // A head that was taken before the first entry is the genesis value.
    if (genesis !== null) this.#hashes.set(0, genesis);
    else this.#say('genesis', 0, 'The identity of the chain is missing from the store.');
  }

  take(row: Row): void {
    this.#entries += 1;
    const id = Number(row.id);
    const previous = this.#head;
    const hash = String(row.hash);
    if (!Number.isSafeInteger(id) || id < 1) {
      this.#say('inserted', id, `An entry was inserted: ${String(row.id)} is no number that the hub gives.`);
      return;
    }
    const isRowWhole = isWhole(row);
    const isLinked = row.prev_hash === previous.hash;
    if (id > previous.entry + 1) this.#sayMissing(previous.entry + 1, id - 1);
    if (!isRowWhole) {
      if (this.#broken.length < TOLD) this.#broken.push(row);
      this.#say('edited', id, `Entry ${id} was edited: its hash is not that of its content.`);
    } else if (!isLinked && id === previous.entry + 1 && this.#isPreviousWhole)
      this.#sayUnlinked(id, row, previous);
    this.#isPreviousWhole = isRowWhole;
    this.#head = { entry: id, hash };
    if (this.#wanted.has(id)) this.#hashes.set(id, hash);
  }

  verdict(): ChainVerdict {
    this.#findMoved();
    return {
      entries: this.#entries,
      head: this.#head,
      faults: this.#faults,
      faultCount: this.#faultCount,
      hashes: this.#hashes,
    };
  }

  #say(kind: ChainFault['kind'], entry: number, sentence: string): void {
    this.#faultCount += 1;
    if (this.#faults.length < TOLD) this.#faults.push({ kind, entry, sentence });
  }

  #sayMissing(from: number, to: number): void {
    const what = from === to ? `Entry ${from} is missing` : `Entries ${from} to ${to} are missing`;
    this.#say('missing', from, `${what}: somebody deleted or moved what stood there.`);
  }

  #sayUnlinked(id: number, row: Row, previous: AuditHead): void {
    if (id === 1) {
      this.#say(
        'genesis',
        1,
        this.#genesis === null
          ? 'Entry 1 cannot be tied to this store.'
          : 'The beginning was changed: entry 1 does not follow from the identity of the chain.',
      );
      return;
    }
    this.#say(
      'unlinked',
      id,
      `Entry ${id} does not follow entry ${previous.entry}: it was written after one with the hash ${String(row.prev_hash)}, and there stands one with ${previous.hash}. One of the two was put there.`,
    );
  }

  /** An edited entry that would be whole under the number of another, or the number beside its own, was not edited but moved. */
  #findMoved(): void {
    const numbers = new Set<number>();
    for (const { id } of this.#broken) for (const near of [-1, 0, 1]) numbers.add(Number(id) + near);
    for (const fault of this.#faults) if (fault.kind === 'missing') numbers.add(fault.entry);
    for (const row of this.#broken) {
      const id = Number(row.id);
      const place = [...numbers].find((n) => n !== id && entryHash({ ...row, id: n }) === row.hash);
      const index = this.#faults.findIndex(({ kind, entry }) => kind === 'edited' && entry === id);
      if (place === undefined || index < 0) continue;
      const sentence = `Entry ${id} is out of its place: it was written as entry ${place}. Entries were reordered, or one was inserted or deleted before it.`;
      this.#faults[index] = { kind: 'moved', entry: id, sentence };
    }
  }
}
