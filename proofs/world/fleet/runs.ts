import type { Disk } from '../ground/disk.ts';

/** What holds on a server without a file of limits. */
const MOST_PER_HOUR = 20;
const HOUR_S = 3600;

export interface ScriptNow {
  readonly bootId: string;
  readonly uptimeMs: number;
}

/**
 * How the root-owned script counts runs, as `take_run` and `recent` of `deploy/restart-service` do: each run of a unit is a file,
 * and the next number is free only if the run that is the limit before it is more than an hour old.
 * @returns the file of the run; `full` where the limit is reached, `broken` where the disk takes none
 */
export function takeRun(disk: Disk, folder: string, now: ScriptNow): { path: string } | 'full' | 'broken' {
  if (!disk.exists(folder)) tryTo(() => disk.mkdir(folder, false));
  let number = 1;
  while (disk.exists(`${folder}/${number}`)) number += 1;
  const before = `${folder}/${number - MOST_PER_HOUR}`;
  if (number > MOST_PER_HOUR && isRecent(disk, before, now)) return 'full';
  const path = `${folder}/${number}`;
  return tryTo(() => writeRun(disk, path, now)) ? { path } : 'broken';
}

export const writeRun = (disk: Disk, path: string, { bootId, uptimeMs }: ScriptNow): void =>
  disk.write(path, `${bootId} ${Math.floor(uptimeMs / 1000)}\n`);

function isRecent(disk: Disk, path: string, now: ScriptNow): boolean {
  const [bootId = '', atS = ''] = (disk.exists(path) ? disk.read(path).toString() : '').trim().split(' ');
  const upS = Math.floor(now.uptimeMs / 1000);
  if (!/^\d+$/.test(atS)) {
    tryTo(() => writeRun(disk, path, now));
    return true;
  }
  const isOfThisBoot = bootId === now.bootId && Number(atS) <= upS;
  return upS - (isOfThisBoot ? Number(atS) : 0) <= HOUR_S;
}

/** A disk that is full or read-only takes nothing; whoever dies while writing is gone. */
export function tryTo(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
