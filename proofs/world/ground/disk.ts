import { Killed, type Process, type Timeline } from './timeline.ts';

interface Folder {
  readonly kind: 'folder';
  readonly names: Map<string, Entry>;
}

interface File {
  readonly kind: 'file';
  data: Buffer;
  /** What a loss of power leaves for sure. */
  synced: Buffer;
}

interface Entry {
  node: Folder | File;
  /** Whether the name is on the disk too, and what it stood for there until then. */
  isSynced: boolean;
  earlier: Folder | File | null;
}

/** What the disk does to those who write: all is well, no room left, or nothing may be written. */
export type DiskMood = 'well' | 'full' | 'read-only';

/** Where a process that writes dies: before the next write, in the middle of it, or after it and before its sync. */
export type DeathAtWrite = 'before' | 'within' | 'after';

const systemError = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: simulated, '${path}'`), { code });

/** The files of one server: what was written and not synced is at risk when the power goes. */
export class Disk {
  mood: DiskMood = 'well';
  /** The next writes of this process are its last. */
  death: { readonly process: Process; readonly when: DeathAtWrite } | null = null;
  onDeath: (process: Process) => void = () => undefined;
  readonly #root: Folder = { kind: 'folder', names: new Map() };
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  exists(path: string): boolean {
    return this.#find(path) !== null;
  }

  mkdir(path: string, isRecursive: boolean): void {
    const [folder, name] = this.#parent(path, isRecursive);
    if (folder.names.has(name)) {
      if (isRecursive) return;
      throw systemError('EEXIST', path);
    }
    this.#refuse(path, 0);
    folder.names.set(name, { node: newFolder(), isSynced: false, earlier: null });
  }

  read(path: string): Buffer {
    return this.#file(path).data;
  }

  create(path: string, isEmptied: boolean): void {
    const [folder, name] = this.#parent(path, false);
    const known = folder.names.get(name);
    if (known === undefined) {
      this.#refuse(path, 0);
      folder.names.set(name, { node: newFile(), isSynced: false, earlier: null });
    } else if (isEmptied) {
      this.#refuse(path, 0);
      this.#file(path).data = Buffer.alloc(0);
    }
  }

  append(path: string, bytes: Uint8Array): number {
    const { current } = this.#timeline;
    const death = this.death !== null && this.death.process === current ? this.death : null;
    if (death?.when === 'before') this.#die(death.process);
    this.#refuse(path, bytes.length);
    const file = this.#file(path);
    const kept =
      death?.when === 'within' ? bytes.subarray(0, this.#timeline.between(1, bytes.length)) : bytes;
    file.data = Buffer.concat([file.data, kept]);
    if (death !== null) this.#die(death.process);
    return bytes.length;
  }

  /** Writes a whole file at once, as a shell does with `>`. */
  write(path: string, text: string): void {
    this.create(path, true);
    this.append(path, Buffer.from(text));
  }

  sync(path: string): void {
    const node = this.#find(path);
    if (node === null) throw systemError('ENOENT', path);
    if (this.mood === 'full' && this.#timeline.happens(0.3)) throw systemError('EIO', path);
    if (node.kind === 'file') node.synced = node.data;
    else for (const entry of node.names.values()) Object.assign(entry, { isSynced: true, earlier: null });
  }

  rename(from: string, to: string): void {
    const [folder, name] = this.#parent(from, false);
    const [target, newName] = this.#parent(to, false);
    const moved = folder.names.get(name);
    if (moved === undefined) throw systemError('ENOENT', from);
    if (this.mood === 'read-only') throw systemError('EROFS', to);
    const before = target.names.get(newName);
    folder.names.delete(name);
    const earlier = before === undefined ? null : before.isSynced ? before.node : before.earlier;
    target.names.set(newName, { node: moved.node, isSynced: false, earlier });
  }

  remove(path: string): void {
    const [folder, name] = this.#parent(path, false);
    folder.names.delete(name);
  }

  /** The server loses its power: of what was not synced, some is there and some is not. */
  losePower(): void {
    this.#lose(this.#root);
  }

  #lose(folder: Folder): void {
    for (const [name, entry] of folder.names) {
      if (!entry.isSynced && this.#timeline.happens(0.5)) {
        if (entry.earlier === null) {
          folder.names.delete(name);
          continue;
        }
        entry.node = entry.earlier;
      }
      Object.assign(entry, { isSynced: true, earlier: null });
      const { node } = entry;
      if (node.kind === 'folder') this.#lose(node);
      else if (node.data !== node.synced) node.synced = node.data = this.#remains(node);
    }
  }

  #remains({ data, synced }: File): Buffer {
    if (data.length <= synced.length) return this.#timeline.happens(0.5) ? data : synced;
    return data.subarray(0, this.#timeline.between(synced.length, data.length));
  }

  #die(process: Process): never {
    this.death = null;
    this.onDeath(process);
    throw new Killed();
  }

  #refuse(path: string, bytes: number): void {
    if (this.mood === 'read-only') throw systemError('EROFS', path);
    // A name still finds room in the folder that has some left.
    if (this.mood === 'full' && (bytes > 0 || this.#timeline.happens(0.5))) throw systemError('ENOSPC', path);
  }

  #file(path: string): File {
    const node = this.#find(path);
    if (node === null) throw systemError('ENOENT', path);
    if (node.kind === 'folder') throw systemError('EISDIR', path);
    return node;
  }

  #find(path: string): Folder | File | null {
    let node: Folder | File = this.#root;
    for (const name of partsOf(path)) {
      const entry: Entry | undefined = node.kind === 'folder' ? node.names.get(name) : undefined;
      if (entry === undefined) return null;
      node = entry.node;
    }
    return node;
  }

  #parent(path: string, isMade: boolean): [Folder, string] {
    const parts = partsOf(path);
    const name = parts.pop() ?? '';
    let node: Folder | File = this.#root;
    for (const part of parts) {
      if (node.kind === 'file') throw systemError('ENOTDIR', path);
      let entry: Entry | undefined = node.names.get(part);
      if (entry === undefined) {
        if (!isMade) throw systemError('ENOENT', path);
        entry = { node: newFolder(), isSynced: false, earlier: null };
        node.names.set(part, entry);
      }
      node = entry.node;
    }
    if (node.kind === 'file') throw systemError('ENOTDIR', path);
    return [node, name];
  }
}

const newFolder = (): Folder => ({ kind: 'folder', names: new Map() });
const newFile = (): File => ({ kind: 'file', data: Buffer.alloc(0), synced: Buffer.alloc(0) });
const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');
