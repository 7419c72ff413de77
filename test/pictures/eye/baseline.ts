import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { differenceOf } from './difference.ts';
import { encodePng, type Picture, reduceColours, withChannels } from './indexed-png.ts';

const BASELINE = join(import.meta.dirname, '../baseline');
const DIFFERENCES = join(import.meta.dirname, '../differences');

/** What is wrong with a picture, or `null`. */
export type Verdict = string | null;

/** Compares what was taken with the reviewed picture of this name. */
export function judge(name: string, screenshot: Buffer): Verdict {
  let reviewed: Buffer;
  try {
    reviewed = readFileSync(fileOf(name));
  } catch {
    return `${name}: there is no reviewed picture yet. Take it with npm run screenshots, and look at it.`;
  }
  const reduced = reduceColours(PNG.sync.read(screenshot));
  const now = withChannels(reduced);
  const before: Picture = PNG.sync.read(reviewed);
  const difference = differenceOf(before, now);
  if (difference === null) return null;
  mkdirSync(DIFFERENCES, { recursive: true });
  writeFileSync(join(DIFFERENCES, `${name}.now.png`), encodePng(reduced));
  writeFileSync(join(DIFFERENCES, `${name}.difference.png`), encodePng(reduceColours(difference.picture)));
  const sizes = `${before.width} × ${before.height}, now ${now.width} × ${now.height}`;
  return `${name}: ${difference.pixels} pixels differ (${sizes}). See test/pictures/differences.`;
}

/** Makes this the reviewed picture, unless the one that is there already shows the same. */
export function keep(name: string, screenshot: Buffer): void {
  if (judge(name, screenshot) === null) return;
  mkdirSync(BASELINE, { recursive: true });
  writeFileSync(fileOf(name), compact(screenshot));
  forgetDifference(name);
}

/** The same picture in a quarter of the bytes. */
export const compact = (screenshot: Buffer): Buffer => encodePng(reduceColours(PNG.sync.read(screenshot)));

export function forgetDifference(name: string): void {
  for (const kind of ['now', 'difference']) rmSync(join(DIFFERENCES, `${name}.${kind}.png`), { force: true });
}

/** Names of reviewed pictures that nothing takes any more. */
export function orphans(names: readonly string[]): string[] {
  if (!existsSync(BASELINE)) return [];
  const wanted = new Set(names.map((name) => `${name}.png`));
  return readdirSync(BASELINE).filter((file) => !wanted.has(file));
}

export function removeOrphans(names: readonly string[]): void {
  for (const file of orphans(names)) rmSync(join(BASELINE, file));
}

const fileOf = (name: string) => join(BASELINE, `${name}.png`);
