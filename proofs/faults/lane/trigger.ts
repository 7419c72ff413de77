import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Point, Side, Step } from '../plan/points.ts';

/** How a process is told where to die, and what it tells: the folder of `kill-at.mjs`. */
export interface Trigger {
  readonly dir: string;
  /** From here on steps are counted for this round; with a point, the process dies there. */
  arm(round: number, point: Point | null): void;
  record(round: number): void;
  /** Takes the order to die back; false when it was carried out. */
  disarm(): boolean;
  /** How often it has died at a point. */
  kills(): number;
  recorded(round: number): Step[];
}

/** `dir` is made, writable for the agent's user, who writes into it too. */
export function openTrigger(dir: string, side: Side): Trigger {
  mkdirSync(dir, { recursive: true, mode: 0o777 });
  const control = join(dir, 'control.json');
  const tell = (told: object) => {
    // As a whole or not at all: the process may look at any moment.
    writeFileSync(`${control}.new`, JSON.stringify(told));
    renameSync(`${control}.new`, control);
  };
  const linesOf = (file: string) => {
    const path = join(dir, file);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  };
  return {
    dir,
    arm(round, point) {
      tell(point === null ? { round } : { round, label: point.label, nth: point.nth, when: point.when });
    },
    record(round) {
      rmSync(join(dir, 'steps.jsonl'), { force: true });
      tell({ round, record: true });
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
    recorded: (round) =>
      linesOf('steps.jsonl')
        .map((line) => JSON.parse(line) as { round: number; label: string; nth: number })
        .filter((step) => step.round === round)
        .map(({ label, nth }) => ({ side, label, nth })),
  };
}
