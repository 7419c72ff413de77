import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Seeded } from '../../report/seeded.ts';
import { FileContent } from './file-content.ts';
import { isMapped, type Node, type Recording, ROOT, type Step } from './recording.ts';

/**
 * How a disk treats names that were made, changed or removed and not synced:
 * - `journaling`: as ext4, XFS and btrfs do it. They reach the disk in their order; any sync takes along all before it.
 * - `bare`: what POSIX grants and no more. Each is kept or lost for itself, until its own folder is synced.
 * What was written into files is treated alike by both: until the file is synced each sector is kept or lost for itself.
 */
export type DiskKind = 'journaling' | 'bare';

/** One loss of power. */
export interface Cut {
  /** How many steps had been asked for. */
  readonly at: number;
  readonly disk: DiskKind;
  /** The shares of what was not synced that reach the disk all the same. */
  readonly keptNames: number;
  readonly keptSectors: number;
}

const SECTOR_BYTES = 512;
const SHARES = [0, 0, 0.1, 0.5, 0.9, 1] as const;
/** A file's length may be on the disk before what it is to hold: then it holds zeros. */
const LENGTH_FIRST = 0.3;

/**
 * Draws a cut. Half of them come right after somebody came to know something: that is where a promise can break.
 * @param from the first step that may be cut
 */
export function drawCut(recording: Recording<unknown>, chance: Seeded, from = 0): Cut {
  const { steps } = recording;
  const promises = steps.flatMap(({ kind }, index) => (kind === 'seen' && index >= from ? [index + 1] : []));
  const anywhere = from + chance.below(steps.length - from + 1);
  const [first, ...rest] = promises;
  return {
    at: first !== undefined && chance.next() < 0.5 ? chance.pick([first, ...rest]) : anywhere,
    disk: chance.pick(['journaling', 'bare']),
    keptNames: chance.pick(SHARES),
    keptSectors: chance.pick(SHARES),
  };
}

/** What people and machines outside had come to know at the cut. */
export function seenBefore<Seen>({ steps }: Recording<Seen>, { at }: Cut): Seen[] {
  return steps.slice(0, at).flatMap((step) => (step.kind === 'seen' ? [step.seen] : []));
}

/** What a disk holds after the cut, by path; `null` for a folder. The same chance gives the same image. */
export function imageAt(recording: Recording<unknown>, cut: Cut, chance: Seeded): Map<string, Buffer | null> {
  const steps = recording.steps.slice(0, cut.at);
  const isSafe = safeSteps(steps, cut.disk);
  const isKept = keptNames(steps, isSafe, cut, chance);
  const folders = new Map<Node, Map<string, Node>>();
  const files = new Map<Node, FileContent>();
  const folderOf = (node: Node) => madeIn(folders, node, () => new Map<string, Node>());
  layBefore(recording, folderOf, files);
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'write' || step.kind === 'truncate') {
      const file = madeIn(files, step.node, () => new FileContent());
      if (isSafe(index)) perform(file, step);
      else tear(file, step, cut.keptSectors, chance);
    } else if (isKept.has(index)) changeNames(step, folderOf);
  }
  return pathsOf(folderOf, files, foldersOf(recording), chance);
}

export function layImage(image: ReadonlyMap<string, Buffer | null>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of image) {
    if (content === null) mkdirSync(join(folder, path), { recursive: true });
    else writeFileSync(join(folder, path), content);
  }
}

function madeIn<T>(known: Map<Node, T>, node: Node, make: () => T): T {
  const found = known.get(node) ?? make();
  known.set(node, found);
  return found;
}

type NameStep = Extract<Step<unknown>, { kind: 'link' | 'unlink' | 'rename' }>;

const isNameStep = (step: Step<unknown>): step is NameStep =>
  step.kind === 'link' || step.kind === 'unlink' || step.kind === 'rename';

/** Which steps no loss of power can undo. */
function safeSteps(steps: readonly Step<unknown>[], disk: DiskKind): (index: number) => boolean {
  const covered = new Map<Node, number>();
  let all = 0;
  for (const step of steps) {
    if (step.kind !== 'sync') continue;
    covered.set(step.node, Math.max(covered.get(step.node) ?? 0, step.covers));
    all = Math.max(all, step.covers);
  }
  const isCovered = (node: Node, index: number) => (covered.get(node) ?? 0) > index;
  return (index) => {
    const step = steps[index];
    if (step === undefined) return false;
    if (step.kind === 'write' || step.kind === 'truncate') return isCovered(step.node, index);
    if (!isNameStep(step)) return true;
    if (disk === 'journaling') return index < all;
    if (step.kind === 'rename') return isCovered(step.from.folder, index) && isCovered(step.to.folder, index);
    return isCovered(step.folder, index);
  };
}

function keptNames(
  steps: readonly Step<unknown>[],
  isSafe: (index: number) => boolean,
  { disk, keptNames: share }: Cut,
  chance: Seeded,
): Set<number> {
  const names = steps.flatMap((step, index) => (isNameStep(step) ? [index] : []));
  const open = names.filter((index) => !isSafe(index));
  const inOrder = Math.round(share * open.length);
  const kept = disk === 'journaling' ? open.slice(0, inOrder) : open.filter(() => chance.next() < share);
  return new Set([...names.filter(isSafe), ...kept]);
}

function layBefore(
  { before }: Recording<unknown>,
  folderOf: (node: Node) => Map<string, Node>,
  files: Map<Node, FileContent>,
): void {
  for (const [path, { node, content }] of before) {
    const at = path.lastIndexOf('/');
    const parent = at < 0 ? ROOT : (before.get(path.slice(0, at))?.node ?? ROOT);
    folderOf(parent).set(path.slice(at + 1), node);
    if (content !== null) files.set(node, new FileContent(content));
  }
}

function changeNames(step: Step<unknown>, folderOf: (node: Node) => Map<string, Node>): void {
  if (step.kind === 'link') folderOf(step.folder).set(step.name, step.node);
  if (step.kind === 'unlink') removeName(folderOf(step.folder), step.name, step.node);
  if (step.kind !== 'rename') return;
  removeName(folderOf(step.from.folder), step.from.name, step.node);
  folderOf(step.to.folder).set(step.to.name, step.node);
}

/** A name that stands for something else by now is not the one that was meant. */
function removeName(folder: Map<string, Node>, name: string, node: Node): void {
  if (folder.get(name) === node) folder.delete(name);
}

type FileStep = Extract<Step<unknown>, { kind: 'write' | 'truncate' }>;

function perform(file: FileContent, step: FileStep): void {
  if (step.kind === 'truncate') file.resize(step.size);
  else file.write(step.offset, step.bytes);
}

/** A step that was not synced: each sector of it is on the disk, or is not. */
function tear(file: FileContent, step: FileStep, share: number, chance: Seeded): void {
  if (step.kind === 'truncate') {
    if (chance.next() < share) perform(file, step);
    return;
  }
  const end = step.offset + step.bytes.length;
  for (let at = step.offset; at < end; ) {
    const next = Math.min(end, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    if (chance.next() < share) file.write(at, step.bytes.subarray(at - step.offset, next - step.offset));
    at = next;
  }
  if (file.size < end && chance.next() < Math.min(LENGTH_FIRST, share)) file.resize(end);
}

function foldersOf({ before, steps }: Recording<unknown>): Set<Node> {
  const folders = new Set<Node>([ROOT]);
  for (const { node, content } of before.values()) if (content === null) folders.add(node);
  for (const step of steps) if (step.kind === 'link' && step.isFolder) folders.add(step.node);
  return folders;
}

function pathsOf(
  folderOf: (node: Node) => ReadonlyMap<string, Node>,
  files: ReadonlyMap<Node, FileContent>,
  folders: ReadonlySet<Node>,
  chance: Seeded,
): Map<string, Buffer | null> {
  const image = new Map<string, Buffer | null>();
  const walk = (node: Node, below: string) => {
    for (const [name, inside] of folderOf(node)) {
      const path = below + name;
      if (folders.has(inside)) {
        image.set(path, null);
        walk(inside, `${path}/`);
      } else
        image.set(path, isMapped(path) ? noise(chance) : (files.get(inside)?.content() ?? Buffer.alloc(0)));
    }
  };
  walk(ROOT, '');
  return image;
}

const noise = (chance: Seeded): Buffer =>
  Buffer.from(Array.from({ length: 32_768 }, () => chance.below(256)));
