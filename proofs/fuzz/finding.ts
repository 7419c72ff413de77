/** A counterexample, with the line that plays it again. */
export interface Finding {
  readonly what: string;
  /** What was given. */
  readonly given: string;
  readonly replay: string;
}

/** What one part came to. */
export interface PartOutcome {
  readonly name: string;
  /** How many were played. */
  played: number;
  durationMs: number;
  readonly findings: Finding[];
  /** Figures for the report. */
  readonly figures: Record<string, string | number>;
  /** A table for the report: its head, and its rows. */
  readonly table: { head: string[]; rows: (string | number)[][] };
}

export const newOutcome = (name: string, head: string[]): PartOutcome => ({
  ...{ name, played: 0, durationMs: 0, findings: [], figures: {} },
  table: { head, rows: [] },
});

/** A seed for one share of a run: the same for the same names, whatever else is played. */
export function seedOf(seed: number, ...names: readonly string[]): number {
  let mixed = seed ^ 0x811c9dc5;
  for (const character of names.join('\n'))
    mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return mixed | 0;
}

export const findingText = ({ what, given, replay }: Finding): string =>
  `FINDING ${what}\n  ${given}\n  ${replay}`;
