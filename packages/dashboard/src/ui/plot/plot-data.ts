/** Values of one line, a point a step; `null` where there is none. */
export interface PlotLine {
  readonly look: PlotLook;
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** How lines of one plot differ: in colour and in their dashes. */
export const PLOT_LOOKS = ['first', 'second', 'third', 'fourth'] as const;
export type PlotLook = (typeof PLOT_LOOKS)[number];

/** A stretch of time; one that ends where it begins is a moment. */
export interface PlotStretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A rule at a moment, with a light band for as long as it lasted. */
export interface PlotRule extends PlotStretch {
  readonly tone: 'bad' | 'acc';
}

export interface PlotProps {
  /** What is drawn, for readers of text: `CPU`. */
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Where each point begins. */
  readonly atMs: readonly number[];
  readonly lines: readonly PlotLine[];
  /** The upper end of the scale, whose lower end is 0. */
  readonly top: number;
  readonly rules: readonly PlotRule[];
  /** Stretches that are hatched. */
  readonly hatched: readonly PlotStretch[];
  /** Plots with the same name have one cursor. */
  readonly together: string;
  /** What a point says in words. */
  readonly wordsOf: (point: number) => string;
  /** The cursor is at a point, or at none. */
  readonly onPoint: (point: number | null) => void;
}
