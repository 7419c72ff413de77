import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseTrace, type Syscall } from './syscalls.ts';

/** A file or a folder, whatever it is called. The folder that is recorded is `ROOT`. */
export type Node = number;
export const ROOT: Node = 0;

/** One step that a disk is asked for, or one thing that somebody outside came to know. */
export type Step<Seen> =
  | {
      readonly kind: 'link';
      readonly folder: Node;
      readonly name: string;
      readonly node: Node;
      readonly isFolder: boolean;
    }
  | { readonly kind: 'unlink'; readonly folder: Node; readonly name: string; readonly node: Node }
  | {
      readonly kind: 'rename';
      readonly from: { readonly folder: Node; readonly name: string };
      readonly to: { readonly folder: Node; readonly name: string };
      readonly node: Node;
    }
  | { readonly kind: 'write'; readonly node: Node; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly node: Node; readonly size: number }
  /** All that was done to this node in the first `covers` steps is on the disk. */
  | { readonly kind: 'sync'; readonly node: Node; readonly covers: number }
  | { readonly kind: 'seen'; readonly seen: Seen };

/** What was on the disk at the beginning, and all that came then. */
export interface Recording<Seen> {
  /** Paths below the folder that was recorded; `null` for a folder. */
  readonly before: ReadonlyMap<string, { readonly node: Node; readonly content: Buffer | null }>;
  readonly steps: readonly Step<Seen>[];
}

/** Everything in a folder, by its path below it. */
export function contentOf(folder: string): Map<string, Buffer | null> {
  const found = new Map<string, Buffer | null>();
  const walk = (below: string) => {
    for (const name of readdirSync(join(folder, below)).toSorted()) {
      const path = below === '' ? name : `${below}/${name}`;
      const whole = join(folder, path);
      const isFolder = statSync(whole).isDirectory();
      found.set(path, isFolder ? null : readFileSync(whole));
      if (isFolder) walk(path);
    }
  };
  if (existsSync(folder)) walk('');
  return found;
}

/** What a file's pages in memory are written through: nobody syncs it, and nobody trusts what a crash leaves in it. */
export const isMapped = (path: string): boolean => path.endsWith('-shm');

/**
 * Turns a trace into what the disk below `root` was asked for. `seenIn` says what of it somebody outside came to know: a
 * write to a socket, to a pipe, to a file elsewhere. `heeds` says of which paths a sync is heeded, for a proof of the
 * proof: a disk that was never asked to sync loses what was promised.
 * @throws for a call on a recorded file that this does not know
 */
export function recordingOf<Seen>(
  trace: string,
  root: string,
  before: ReadonlyMap<string, Buffer | null>,
  seenIn: (call: Syscall) => readonly Seen[],
  heeds: (path: string) => boolean = () => true,
): Recording<Seen> {
  const recorder = new Recorder<Seen>(root, before, heeds);
  for (const call of parseTrace(trace)) recorder.take(call, seenIn);
  return { before: recorder.before, steps: recorder.steps };
}

class Recorder<Seen> {
  readonly before = new Map<string, { node: Node; content: Buffer | null }>();
  readonly steps: Step<Seen>[] = [];
  readonly #root: string;
  readonly #heeds: (path: string) => boolean;
  /** Where each node is now, by its whole path. */
  readonly #nodes = new Map<string, Node>();
  readonly #sizes = new Map<Node, number>();
  /** How many steps there were after each call, for a sync that began earlier. */
  readonly #stepsAfterCall: number[] = [0];
  #lastNode: Node = ROOT;

  constructor(root: string, before: ReadonlyMap<string, Buffer | null>, heeds: (path: string) => boolean) {
    this.#root = root;
    this.#heeds = heeds;
    this.#nodes.set(root, ROOT);
    for (const [path, content] of before) {
      this.#lastNode += 1;
      this.before.set(path, { node: this.#lastNode, content });
      this.#nodes.set(join(root, path), this.#lastNode);
      this.#sizes.set(this.#lastNode, content?.length ?? 0);
    }
  }

  take(call: Syscall, seenIn: (call: Syscall) => readonly Seen[]): void {
    for (const seen of seenIn(call)) this.steps.push({ kind: 'seen', seen });
    const paths = call.texts.map((text) => text.toString('utf8'));
    const on = call.on?.path ?? '';
    const inside = [on, ...(isAboutPaths(call.name) ? paths : [])].some((path) => this.#isInside(path));
    if (inside) this.#perform(call, on, paths);
    this.#stepsAfterCall.push(this.steps.length);
  }

  #isInside(path: string): boolean {
    return path === this.#root || path.startsWith(`${this.#root}/`);
  }

  #perform(call: Syscall, on: string, paths: readonly string[]): void {
    const [first = '', second = ''] = paths;
    switch (call.name) {
      case 'open':
      case 'openat':
        return this.#open(call, call.opened ?? first);
      case 'mkdir':
      case 'mkdirat':
        return this.#link(first, { isFolder: true });
      case 'write':
      case 'pwrite64':
        return this.#write(call, on);
      case 'ftruncate':
        return this.#truncate(on, Number(/, (\d+)\)/.exec(call.line)?.[1]));
      case 'rename':
      case 'renameat':
      case 'renameat2':
        return this.#rename(first, second);
      case 'link':
      case 'linkat':
        return this.#link(second, { node: this.#node(first) });
      case 'unlink':
      case 'unlinkat':
      case 'rmdir':
        return this.#unlink(first);
      case 'fsync':
      case 'fdatasync':
        return this.#sync(call, on);
      default:
        throw new Error(`A recorded process did what no disk here can play: ${call.line.slice(0, 200)}`);
    }
  }

  #open({ line }: Syscall, path: string): void {
    if (line.includes('O_TMPFILE')) throw new Error(`A file without a name cannot be played: ${path}`);
    const known = this.#nodes.get(path);
    if (known === undefined && line.includes('O_CREAT')) this.#link(path);
    if (known !== undefined && line.includes('O_TRUNC')) this.#truncate(path, 0);
  }

  #link(path: string, of: { node?: Node; isFolder?: boolean } = {}): void {
    if (of.node === undefined) this.#lastNode += 1;
    const node = of.node ?? this.#lastNode;
    this.#nodes.set(path, node);
    if (of.node === undefined) this.#sizes.set(node, 0);
    this.steps.push({ kind: 'link', ...this.#place(path), node, isFolder: of.isFolder === true });
  }

  #write({ name, texts, line, result }: Syscall, path: string): void {
    const node = this.#openNode(path);
    if (node === null) return;
    const size = this.#sizes.get(node) ?? 0;
    // Whoever writes without an offset here appends: a journal, a shell's `>`, a file that is written from its beginning.
    const offset = name === 'pwrite64' ? Number(/, (\d+)\)\s+=/.exec(line)?.[1]) : size;
    const bytes = (texts[0] ?? Buffer.alloc(0)).subarray(0, result);
    this.#sizes.set(node, Math.max(size, offset + bytes.length));
    this.steps.push({ kind: 'write', node, offset, bytes });
  }

  #truncate(path: string, size: number): void {
    const node = this.#openNode(path);
    if (node === null || this.#sizes.get(node) === size) return;
    this.#sizes.set(node, size);
    this.steps.push({ kind: 'truncate', node, size });
  }

  #rename(from: string, to: string): void {
    const node = this.#node(from);
    for (const [path, one] of [...this.#nodes])
      if (path === from || path.startsWith(`${from}/`)) {
        this.#nodes.delete(path);
        this.#nodes.set(to + path.slice(from.length), one);
      }
    this.steps.push({ kind: 'rename', from: this.#place(from), to: this.#place(to), node });
  }

  #unlink(path: string): void {
    const node = this.#node(path);
    this.#nodes.delete(path);
    this.steps.push({ kind: 'unlink', ...this.#place(path), node });
  }

  #sync({ began }: Syscall, path: string): void {
    const node = this.#openNode(path);
    if (node !== null && this.#heeds(path))
      this.steps.push({ kind: 'sync', node, covers: this.#stepsAfterCall[began] ?? 0 });
  }

  #place(path: string): { folder: Node; name: string } {
    return { folder: this.#node(dirname(path)), name: basename(path) };
  }

  /** What an open file stands for; `null` for one that has no name any more, which no power cut brings back. */
  #openNode(path: string): Node | null {
    return path.endsWith(' (deleted)') ? null : this.#node(path);
  }

  #node(path: string): Node {
    const node = this.#nodes.get(path);
    if (node === undefined) throw new Error(`The trace speaks of ${path}, of which it has not told before.`);
    return node;
  }
}

const isAboutPaths = (name: string): boolean =>
  /^(open|creat|mkdir|rename|unlink|rmdir|link|symlink|truncate)/.test(name);
