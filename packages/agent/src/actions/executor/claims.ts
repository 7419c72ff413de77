import { closeSync, existsSync, openSync, readSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ActionVerb, OrderId } from '@homelabcmd/protocol';
import { codeOf } from '../../log.ts';
import type { Claim } from './executor.ts';

const MAX_OUTPUT_BYTES = 16 * 1024;
/** Notices of the kernel can be missed; looking is cheap. */
const LOOK_MS = 500;

/** The folder where the root-owned script keeps a folder for each order: `unit`, `boot`, `verb`, `output`, `exit`. */
export class ClaimsFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The claim of an order, or `null` when nobody has claimed it. A claim that is just being written has an open outcome. */
  read(orderId: string): Claim | null {
    const folder = this.#folder(orderId);
    if (!existsSync(folder)) return null;
    const exit = readHead(join(folder, 'exit'), 16)?.trim();
    const verb = readHead(join(folder, 'verb'), 64)?.trim();
    const boot = readHead(join(folder, 'boot'), 64)?.trim();
    return {
      verb: verb === 'fence' ? verb : ActionVerb.catch('restart').parse(verb),
      boot: boot ?? '',
      exitCode: exit !== undefined && /^\d{1,3}$/.test(exit) ? Number(exit) : null,
      output: readHead(join(folder, 'output'), MAX_OUTPUT_BYTES) ?? '',
    };
  }

  async waitForExit(orderId: string, signal: AbortSignal): Promise<Claim | null> {
    const folder = this.#folder(orderId);
    for (;;) {
      const claim = this.read(orderId);
      if (signal.aborted || (claim !== null && claim.exitCode !== null)) return claim;
      await changeIn(folder, signal);
    }
  }

  #folder(orderId: string): string {
    return join(this.#path, OrderId.parse(orderId));
  }
}

/** Resolves when something in the folder may have changed, or after a while. */
async function changeIn(folder: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LOOK_MS);
  const notice = () => resolve();
  signal.addEventListener('abort', notice, { once: true });
  let watcher: ReturnType<typeof watch> | undefined;
  try {
    watcher = watch(folder, notice);
    watcher.on('error', notice);
  } catch {
    // It is not there yet: the timer looks again.
  }
  await promise;
  watcher?.close();
  clearTimeout(timer);
  signal.removeEventListener('abort', notice);
}

function readHead(path: string, maxBytes: number): string | undefined {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(maxBytes);
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, maxBytes, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw cause;
  }
}
