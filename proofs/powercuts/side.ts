import type { Seeded } from '../report/seeded.ts';
import type { Cut } from './disk/image.ts';

/** A mistake that is put in on purpose: what is written there is never synced. The proof must find it. */
export type Planted = 'store' | 'journal' | 'claims';

export const PATHS_OF: Readonly<Record<Planted, RegExp>> = {
  store: /\/homelabcmd\.db(-wal)?$/,
  journal: /\/orders\.jsonl$/,
  claims: /\/orders(\/|$)/,
};

/** What came of one loss of power. */
export interface CutResult {
  readonly cut: Cut;
  readonly violations: readonly string[];
  /** What had been told to somebody before it. */
  readonly promises: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface LifeFacts {
  /** What the disk was asked for, and what came out. */
  readonly steps: number;
  readonly syncs: number;
}

/** The hub or an agent's server: it is recorded while it lives, and then loses its power many times in that life. */
export interface Side extends AsyncDisposable {
  readonly name: 'hub' | 'agent';
  /**
   * Records another life. It begins with an empty disk, or with what the last cut of the life before has left, so that
   * finding back is recorded and cut too.
   */
  live(chance: Seeded, isFresh: boolean): Promise<LifeFacts>;
  cut(chance: Seeded): Promise<CutResult>;
}

export const factsOfLife = (steps: readonly { readonly kind: string }[]): LifeFacts => ({
  steps: steps.length,
  syncs: steps.filter(({ kind }) => kind === 'sync').length,
});
