import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditHead, Timestamp } from '@homelabcmd/protocol';
import { z } from 'zod';
import { auditHead } from '../events/audit-trail.ts';
import { replaceFile } from '../lib/durable-file.ts';
import type { Logger } from '../lib/log.ts';
import type { Store } from '../store/schema.ts';

/** The mark's name in the data folder. */
export const MARK_FILE = 'audit-mark.json';

/** Written after any entry within this time; before an order leaves, at once. */
const WRITE_WITHIN_MS = 200;

/** The newest entry that this data folder has known, of which chain. */
export const Mark = AuditHead.extend({
  chain_id: z.string(),
  /** `homelabcmd restore` put another store here, which lacks something or may lack it; the next start has yet to say so. */
  restored_at: Timestamp.optional(),
});
export type Mark = z.infer<typeof Mark>;

/** What the mark says; `null` where there is none, or none that can be read. */
export function readMark(dataDir: string): Mark | null {
  try {
    return Mark.parse(JSON.parse(readFileSync(join(dataDir, MARK_FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** Puts the mark on disk. */
export const writeMark = (dataDir: string, mark: Mark, isSynced = true): void =>
  replaceFile(join(dataDir, MARK_FILE), JSON.stringify(mark), isSynced);

/**
 * Keeps, beside the store and not in it, how far its audit has come, so that an older store in its place is noticed when
 * the hub starts. It is on disk before an order leaves, so that no agent ever knows more than it; after other entries it is
 * written within moments, and a crash of the machine can lose that.
 */
export class AuditMark implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #db: Store;
  readonly #logger: Logger;
  readonly #chainId: string;
  #written: AuditHead = { entry: -1, hash: '' };
  #synced = -1;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isDisposed = false;

  private constructor(dataDir: string, db: Store, logger: Logger, chainId: string) {
    this.#dataDir = dataDir;
    this.#db = db;
    this.#logger = logger;
    this.#chainId = chainId;
  }

  static async open(dataDir: string, db: Store, logger: Logger): Promise<AuditMark> {
    const { chain_id } = await db.selectFrom('audit_chain').select('chain_id').executeTakeFirstOrThrow();
    const mark = new AuditMark(dataDir, db, logger, chain_id);
    mark.keep(await auditHead(db));
    return mark;
  }

  /** An order with this head is about to leave. */
  keep(head: AuditHead): void {
    if (head.entry > this.#synced) this.#write(head, true);
  }

  /** Follows the log. */
  async take(): Promise<void> {
    if (this.#timer !== undefined || this.#isDisposed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#catchUp(false);
    }, WRITE_WITHIN_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#catchUp(true);
  }

  async #catchUp(isSynced: boolean): Promise<void> {
    try {
      const head = await auditHead(this.#db);
      if (head.entry > (isSynced ? this.#synced : this.#written.entry)) this.#write(head, isSynced);
    } catch (error) {
      this.#logger.error({ err: error }, 'the head of the audit could not be read');
    }
  }

  /** A mark that cannot be written holds nothing up: agents are the other witnesses. */
  #write(head: AuditHead, isSynced: boolean): void {
    try {
      writeMark(this.#dataDir, { chain_id: this.#chainId, ...head }, isSynced);
      this.#written = head;
      if (isSynced) this.#synced = head.entry;
    } catch (error) {
      this.#logger.error({ err: error }, 'the mark beside the store could not be written');
    }
  }
}
