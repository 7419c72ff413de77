import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Point, Side, Step } from '../plan/points.ts';

/** How a process is told where to die, and what it tells: the folder of `kill-at.mjs`. */
export interface Trigger {
  readonly dir: string;
  /** From here on steps are counted anew, and the process dies at this point. */
  arm(point: Point): void;
  /** From here on steps are counted anew, and written down. */
  record(): void;
  /** Takes the order to die back; false when it was carried out. */
  disarm(): boolean;
  /** How often it has died at a point. */
  kills(): number;
  recorded(): Step[];
}

/** `dir` is made, writable for the agent's user, who writes into it too. */
export function openTrigger(dir: string, side: Side): Trigger {
  mkdirSync(dir, { recursive: true, mode: 0o777 });
  const control = join(dir, 'control.json');
  let serial = 0;
  const tell = (told: object) => {
    // As a whole or not at all: the process may look at any moment.
    serial += 1;
    writeFileSync(`${control}.new`, JSON.stringify({ serial, ...told }));
    renameSync(`${control}.new`, control);
  };
  const linesOf = (file: string) => {
    const path = join(dir, file);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  };
  return {
    dir,
    arm: ({ label, nth, when }) => tell({ label, nth, when }),
    record() {
      rmSync(join(dir, 'steps.jsonl'), { force: true });
      tell({ record: true });
    },
    disarm() {
      try {
        rmSync(control);
        return true;
      } catch {
        return false;
      }
    },
    kills: () => linesOf('kills.jsonl').length,
    recorded: () =>
      linesOf('steps.jsonl')
        .map((line) => JSON.parse(line) as { serial: number; label: string; nth: number })
        .filter((step) => step.serial === serial)
        .map(({ label, nth }) => ({ side, label, nth })),
  };
}
