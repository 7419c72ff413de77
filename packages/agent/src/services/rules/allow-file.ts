import { closeSync, fstatSync, openSync, readFileSync, watch } from 'node:fs';
import type { FSWatcher, Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { codeOf } from '../../log.ts';

/** The lines of one of the root-owned files of this server: units, or targets of probes. */
export interface AllowList {
  path: string;
  /** Without comments and blank lines. */
  lines: ReadonlySet<string>;
  /** Why the file is not trusted, as a sentence, or `null`. A missing file is an empty list. */
  problem: string | null;
  fixCommand: string | null;
}

const GROUP_OR_OTHERS_WRITE = 0o022;
const MAX_BYTES = 1024 * 1024;
const SETTLE_MS = 30;

/**
 * One name a line, and the whole line: the root-owned script compares lines as they are, so a name with a blank
 * beside it allows nothing, and must not look here as if it did.
 */
export function parseAllowList(text: string): Set<string> {
  return new Set(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
}

/** The text of a root-owned file, or why it is not trusted. `null` for both: there is no such file. */
export interface RootFile {
  text: string | null;
  problem: string | null;
  fixCommand: string | null;
}

/** Reads a file, and trusts it only if nobody but its owner, who must be `ownerUid`, can write it. */
export function readRootFile(path: string, ownerUid: number): RootFile {
  const untrusted = (problem: string, fixCommand: string | null) => ({ text: null, problem, fixCommand });
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return { text: null, problem: null, fixCommand: null };
    return untrusted(`The agent cannot read ${path}.`, `sudo chmod 644 ${path}`);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!isTrusted(stats, ownerUid))
      return untrusted(
        `${path} can be changed by others than root, so it is not trusted.`,
        `sudo chown root:root ${path} && sudo chmod 644 ${path}`,
      );
    if (stats.size > MAX_BYTES) return untrusted(`${path} is too large.`, null);
    return { text: readFileSync(descriptor, 'utf8'), problem: null, fixCommand: null };
  } catch {
    return untrusted(`The agent cannot read ${path}.`, null);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the list. What is not trusted is an empty one. */
export function readAllowList(path: string, ownerUid = 0): AllowList {
  const { text, problem, fixCommand } = readRootFile(path, ownerUid);
  return { path, lines: parseAllowList(text ?? ''), problem, fixCommand };
}

const isTrusted = (stats: Stats, ownerUid: number): boolean =>
  stats.isFile() && stats.uid === ownerUid && (stats.mode & GROUP_OR_OTHERS_WRITE) === 0;

/** Tells when one of the files may have changed. The folder is watched, since editors replace files. */
export class AllowFileWatch implements Disposable {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(paths: readonly string[], changed: () => void) {
    this.#paths = paths;
    this.#changed = changed;
    this.resume();
  }

  /** Watches folders that have appeared since; call it now and then. */
  resume(): void {
    const folders = new Map<string, Set<string>>();
    for (const path of this.#paths) {
      const names = folders.get(dirname(path)) ?? new Set();
      folders.set(dirname(path), names.add(basename(path)));
    }
    for (const [folder, names] of folders) if (!this.#watchers.has(folder)) this.#watch(folder, names);
  }

  #watch(folder: string, names: ReadonlySet<string>): void {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || names.has(name)) this.#soon();
      });
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      this.#watchers.delete(folder);
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  /** One write makes several notices; the file is read once it is at rest. */
  #soon(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, SETTLE_MS);
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const folder of [...this.#watchers.keys()]) this.#forget(folder);
  }
}
