export type Side = 'hub' | 'agent';
export const SIDES: readonly Side[] = ['hub', 'agent'];

/** A step of a process, as `kill-at.mjs` names it: the n-th time in a round, by one process. */
export interface Step {
  readonly side: Side;
  readonly label: string;
  readonly nth: number;
}

/** A place where a process is killed: just before a step, or just after it. */
export interface Point extends Step {
  readonly when: 'before' | 'after';
}

export const nameOf = ({ side, when, label, nth }: Point): string =>
  `${side} ${when} ${label}${nth > 1 ? ` #${nth}` : ''}`;

const keyOf = ({ side, label, nth }: Step): string => `${side}\n${label}\n${nth}`;

/**
 * The steps that every recording has: what happened in one of them only came by the clock, or by chance. In the order of
 * their names, so that the same product gives the same list.
 */
export function stepsOfEvery(recordings: readonly (readonly Step[])[]): Step[] {
  const [first = [], ...others] = recordings;
  const known = others.map((steps) => new Set(steps.map(keyOf)));
  return inOrder(first.filter((step) => known.every((keys) => keys.has(keyOf(step)))));
}

/** The steps that some of the recordings have and `usual` has not: how a process finds its way back. */
export function stepsBeyond(recordings: readonly (readonly Step[])[], usual: readonly Step[]): Step[] {
  const usualKeys = new Set(usual.map(({ side, label }) => `${side} ${label}`));
  return inOrder(
    recordings.flat().filter(({ side, label, nth }) => nth === 1 && !usualKeys.has(`${side} ${label}`)),
  );
}

function inOrder(steps: readonly Step[]): Step[] {
  return [...new Map(steps.map((step) => [keyOf(step), step]))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, step]) => step);
}

export const pointsOf = (steps: readonly Step[]): Point[] =>
  steps.flatMap((step) => [
    { ...step, when: 'before' as const },
    { ...step, when: 'after' as const },
  ]);

/** A commit, a sync, a byte on its way to someone else: what cannot be taken back. The other steps lie between them. */
export const isDurable = ({ label }: Step): boolean =>
  /^(commit|sync|send|ask|hear|answer|rename)\b/.test(label);
