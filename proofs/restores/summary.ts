import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import { WAYS, type DrillResult } from './drill.ts';
import type { RestoresOutcome } from './run.ts';

export const violationsOf = ({ results, strays }: RestoresOutcome): string[] => [
  ...results.flatMap(({ drill, violations }) =>
    violations.map((what) => `Drill ${drill.number} (${drill.way}): ${what}`),
  ),
  ...strays,
];

export function headline(outcome: RestoresOutcome): string {
  const losing = outcome.results.filter(({ drill }) => drill.isAnythingLost);
  const others = outcome.results.filter(({ drill }) => !drill.isAnythingLost);
  const found = violationsOf(outcome).length;
  return [
    `${losing.length} restores that lost something: ${losing.filter((one) => one.isDetected).length} detected,`,
    `${sum(losing, (one) => one.ranWhileFrozen)} restarts before the freeze was lifted.`,
    `${others.length} that lost nothing: ${others.filter((one) => one.isDetected).length} frozen.`,
    `${(outcome.durationMs / 1000).toFixed(0)} s, ${found === 0 ? 'no violation' : `${found} violations`}.`,
  ].join(' ');
}

export function reportOf(facts: RunFacts, seed: number, outcome: RestoresOutcome): Report {
  const violations = violationsOf(outcome);
  const rows = WAYS.map((way) => {
    const of = outcome.results.filter(({ drill }) => drill.way === way && drill.isAnythingLost);
    const times = of.flatMap(({ detectedMs }) => (detectedMs === null ? [] : [detectedMs]));
    return [
      way,
      of.length,
      of.filter((one) => one.isDetected).length,
      sum(of, (one) => one.ranWhileFrozen),
      sum(of, (one) => one.lostApprovals),
      sum(of, (one) => one.unaccounted),
      `${Math.max(0, ...times).toFixed(0)} ms`,
    ];
  });
  const parts = [
    '# Restores: an older store in the place of the newer one',
    headline(outcome),
    table(['what', 'value'], [...Object.entries(facts), ['seed', seed]]),
    table(
      [
        ...['the older store came', 'restores', 'detected', 'restarts while frozen', 'approvals lost'],
        ...['orders told by agents', 'longest from start to freeze'],
      ],
      rows,
    ),
    '## Violations',
    violations.length === 0 ? 'None.' : violations.join('\n\n'),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, seed, ...outcome } };
}

const sum = (of: readonly DrillResult[], what: (one: DrillResult) => number): number =>
  of.reduce((whole, one) => whole + what(one), 0);
