import type { Verification, Witness } from '@homelabcmd/protocol';
import { auditHead } from '../events/audit-trail.ts';
import { unlessAborted } from '../lib/abort.ts';
import { type Clock, nowOf } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';
import { compareWitness } from './compare.ts';
import { type ChainVerdict, verifyChain } from './verify.ts';
import type { Witnesses } from './witnesses.ts';

interface VerificationParts {
  readonly db: Store;
  readonly clock: Clock;
  readonly witnesses: Witnesses;
  readonly logger: Logger;
}

const HEADS_OF_EACH = 100;

/**
 * Checks the chain while the hub goes on working, one check at a time, and keeps what the last one came to.
 *
 *     idle ──start──► running ──► idle, with `last`       it came to its end, whatever it found
 *                        └──────► idle, with `failed`     the store could not be read to its end
 */
export class ChainChecks implements AsyncDisposable {
  readonly #parts: VerificationParts;
  readonly #ending = new AbortController();
  #running: Verification['running'] = null;
  #last: Verification['last'] = null;
  #failed: Verification['failed'] = null;
  #run: Promise<void> = Promise.resolve();

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  state(): Verification {
    return { running: this.#running, last: this.#last, failed: this.#failed };
  }

  /** Begins a check, if none runs. */
  async start(): Promise<Verification> {
    const { entry: total } = await auditHead(this.#parts.db);
    if (this.#running === null && !this.#ending.signal.aborted) {
      this.#running = { started_at: nowOf(this.#parts.clock), checked: 0, total };
      this.#run = this.#check(this.#parts.clock.nowMs());
    }
    return this.state();
  }

  /** Nothing reads the store after it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#run;
  }

  async #check(startedMs: number): Promise<void> {
    const { db, clock, witnesses, logger } = this.#parts;
    try {
      // Asked first: whatever the agents hold was in the store before it is read here.
      let asked: readonly Witness[] = [];
      const answers = witnesses.askAll(HEADS_OF_EACH).then((said) => (asked = said));
      await unlessAborted(answers, this.#ending.signal);
      this.#ending.signal.throwIfAborted();
      const wanted = new Set(asked.flatMap(({ heads }) => heads.map(({ entry }) => entry)));
      const chain = await verifyChain(db, wanted, (checked) => this.#walked(checked));
      const tookMs = Math.max(0, clock.nowMs() - startedMs);
      this.#last = { checked_at: nowOf(clock), took_ms: tookMs, ...foundIn(chain, asked) };
      this.#failed = null;
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      logger.error({ err: error }, 'the chain of the audit could not be checked to its end');
      this.#failed = { at: nowOf(clock), detail: 'The store could not be read to its end. Check again.' };
    } finally {
      this.#running = null;
    }
  }

  /** Lets everybody else have a turn before the next slice. */
  async #walked(checked: number): Promise<void> {
    if (this.#running !== null)
      this.#running = { ...this.#running, checked, total: Math.max(checked, this.#running.total) };
    await new Promise((resume) => setImmediate(resume));
    this.#ending.signal.throwIfAborted();
  }
}

function foundIn(chain: ChainVerdict, asked: readonly Witness[]) {
  return {
    entries: chain.entries,
    head: chain.head,
    holds: chain.faultCount === 0,
    fault_count: chain.faultCount,
    faults: chain.faults.map(({ kind, entry, sentence }) => ({
      kind,
      entry: Number.isSafeInteger(entry) ? entry : null,
      sentence,
    })),
    witnesses: asked.map((witness) => {
      const { agrees, lines } = compareWitness(witness, chain);
      return {
        server_id: witness.server_id,
        status: witness.status,
        agrees,
        heads: witness.heads.length,
        newest_entry:
          witness.heads.length === 0 ? null : Math.max(...witness.heads.map(({ entry }) => entry)),
        differences: agrees ? [] : lines.map(sentenceOf),
      };
    }),
  };
}

/** A line of the command without the server before it: `It was shown entry 12 …`. */
const sentenceOf = (line: string): string => line.replace(/^\S+ {2}/, '').replace(/^was /, 'It was ');
