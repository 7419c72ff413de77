import { createHash } from 'node:crypto';
import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import type { SeedsOptions, SeedsOutcome } from './seeds.ts';

const HOUR_MS = 3_600_000;

/** The line that plays one seed again, with all that happens in it. */
export const replayOf = (seed: number): string => `npm run simulate -- --seed ${seed} --trace`;

export function headline({ totals, failures, durationMs }: SeedsOutcome): string {
  const perSecond = totals.seeds / (durationMs / 1000);
  const found = failures.length === 0 ? 'no violation' : `${failures.length} seeds with violations`;
  return `${totals.seeds} seeds, ${Math.round(totals.simulatedMs / HOUR_MS)} simulated hours, ${totals.runs} restarts, ${(durationMs / 1000).toFixed(0)} s, ${perSecond.toFixed(1)} seeds a second: ${found}.`;
}

/** The report of a run: what was played, what came of it, and all that replays a violation. */
export function reportOf(
  facts: RunFacts,
  { from, workers }: Pick<SeedsOptions, 'from' | 'workers'>,
  outcome: SeedsOutcome,
  busyShare: number,
): Report {
  const { totals, failures, durationMs } = outcome;
  const { faults, outcomes, ...sums } = totals;
  const cpuMsPerSeed = totals.cpuMs / Math.max(1, totals.seeds);
  const digest = digestOf(outcome);
  const figures: [string, string | number][] = [
    ...Object.entries(facts),
    ['seeds', `${totals.seeds}, from ${from}`],
    ['workers', workers],
    [
      'processor time of a seed',
      `${cpuMsPerSeed.toFixed(1)} ms, so ${(1000 / cpuMsPerSeed).toFixed(0)} seeds a second on a core of its own`,
    ],
    ['processors busy', `${Math.round(100 * busyShare)} %, other work on this machine included`],
    ['simulated time', `${(totals.simulatedMs / HOUR_MS).toFixed(0)} hours`],
    ['frames, statements, happenings', `${totals.frames}, ${totals.statements}, ${totals.happenings}`],
    ['restarts, calls of people', `${totals.runs}, ${totals.calls}`],
    ['digest of all traces', digest],
  ];
  const parts = [
    '# Simulation: what must be true of a restart, whatever happens',
    headline(outcome),
    table(['what', 'value'], figures),
    '## Violations',
    failures.length === 0
      ? 'None.'
      : table(
          ['seed', 'what', 'replay'],
          failures.map(({ seed, violations }) => [seed, violations.join(' · '), replayOf(seed)]),
        ),
    '## What became of the actions',
    table(['status and code', 'actions'], byCount(outcomes)),
    '## Faults',
    table(['fault', 'times'], byCount(faults)),
  ];
  const data = { facts, from, workers, durationMs, busyShare, digest, ...sums, faults, outcomes, failures };
  return { markdown: parts.join('\n\n'), data };
}

/** The same for the same seeds, however many workers played them. */
export function digestOf({ digests }: Pick<SeedsOutcome, 'digests'>): string {
  const hash = createHash('sha256');
  for (const [, some] of [...digests].toSorted(([a], [b]) => a - b))
    for (const digest of some) hash.update(digest);
  return hash.digest('hex');
}

const byCount = (counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).toSorted((a, b) => b[1] - a[1]);
