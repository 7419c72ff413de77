import { closeSync, lstatSync, openSync, readlinkSync, rmSync, type Stats, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { textIfThere, writeDurably } from '../durable-file.ts';
import { codeOf } from '../log.ts';
import { parseAllowList, readRootFile } from '../services/rules/allow-file.ts';

/** The list is as it was; the message says why, and what to do. */
export class NotEdited extends Error {}

const MODE = 0o644;
const GROUP_OR_OTHERS_WRITE = 0o022;
const PATIENCE_MS = 5000;
const LOOK_AGAIN_MS = 25;

/** What becomes of the text of a list, where there is none `''`. */
export type Edit = (text: string) => string;

/** Adds what is not there yet, at the end; comments and the order of lines stay. */
export const adding =
  (units: readonly string[], heading: string): Edit =>
  (text) => {
    const missing = units.filter((unit) => !parseAllowList(text).has(unit));
    if (missing.length === 0) return text;
    const before = text === '' ? heading : text;
    const end = before === '' || before.endsWith('\n') ? '' : '\n';
    return `${before}${end}${missing.join('\n')}\n`;
  };

/** Takes lines away, wherever and however often they stand; all others stay as they are. */
export const removing =
  (lines: ReadonlySet<string>): Edit =>
  (text) =>
    text
      .split('\n')
      .filter((line) => !lines.has(line))
      .join('\n');

/**
 * Changes one of the root-owned lists: whole or not at all, on disk when it returns, one at a time. The file is replaced, so
 * whoever reads it meanwhile reads either the old one or the new one. @returns whether anything was changed
 * @throws NotEdited
 */
export async function editList(path: string, ownerUid: number, edit: Edit): Promise<boolean> {
  assertFolder(dirname(path), ownerUid);
  return whileNobodyElseEdits(path, () => {
    assertNoLink(path);
    const { text, problem, fixCommand } = readRootFile(path, ownerUid);
    if (problem !== null)
      throw new NotEdited(
        `${problem}${fixCommand === null ? '' : ` Look who has changed it, then type: ${fixCommand}`}`,
      );
    const before = text ?? '';
    const after = edit(before);
    if (after === before) return false;
    writeDurably(path, after, MODE);
    return true;
  });
}

function statOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new NotEdited(`${path} cannot be looked at (${codeOf(cause)}).`, { cause });
  }
}

/** Who can write to the folder can put any file in the place of the list. */
function assertFolder(folder: string, ownerUid: number): void {
  const stats = statOf(folder);
  if (stats === null)
    throw new NotEdited(`There is no folder ${folder}: install the agent on this server first.`);
  if (!stats.isDirectory() || stats.uid !== ownerUid || (stats.mode & GROUP_OR_OTHERS_WRITE) !== 0)
    throw new NotEdited(
      `${folder} can be changed by others than root, so nothing in it is trusted. Look who has changed it, then type: sudo chown root:root ${folder} && sudo chmod 755 ${folder}`,
    );
}

/** What a link leads to may be anybody's, and replacing the link would leave that behind. */
function assertNoLink(path: string): void {
  if (statOf(path)?.isSymbolicLink() !== true) return;
  throw new NotEdited(
    `${path} is a symbolic link to ${readlinkSync(path)}, and this command changes no file elsewhere. Put the file itself there: sudo cp --remove-destination "$(readlink -f ${path})" ${path}`,
  );
}

/** The number of the process that edits stands in a file beside the list; one that has gone holds nobody up. */
async function whileNobodyElseEdits<T>(path: string, act: () => T): Promise<T> {
  const lock = `${path}.lock`;
  const untilMs = performance.now() + PATIENCE_MS;
  while (!taken(lock)) {
    const holder = Number(textIfThere(lock) ?? 0);
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
    else if (performance.now() > untilMs)
      throw new NotEdited(`Somebody else edits ${path}. If that is not so, type: sudo rm ${lock}`);
    else await setTimeout(LOOK_AGAIN_MS);
  }
  try {
    return act();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(lock, 'wx', 0o600);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw new NotEdited(`${lock} cannot be written (${codeOf(cause)}).`, { cause });
  }
  writeSync(descriptor, String(process.pid));
  closeSync(descriptor);
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) !== 'ESRCH';
  }
}
