import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import type { ModelOptions, ModelOutcome } from './run.ts';
import type { Failure } from './sequences.ts';

/** The line that plays the smallest failing sequence again. */
const replayOf = ({ seed, path, replayPath }: Failure): string =>
  `npm run model -- --seed ${seed} --path ${path} --replay '${replayPath}'`;

const isClean = ({ failures, strays }: ModelOutcome): boolean => failures.length + strays.length === 0;

export function headline(outcome: ModelOutcome): string {
  const { sequences, commands, durationMs, failures, strays } = outcome;
  const perSecond = sequences / (durationMs / 1000);
  const found = isClean(outcome) ? 'no deviation' : `${failures.length + strays.length} deviations`;
  return `${sequences} sequences of ${(commands / Math.max(1, sequences)).toFixed(0)} commands on average, ${(durationMs / 1000).toFixed(0)} s, ${perSecond.toFixed(1)} a second: ${found}.`;
}

/** One failure for a person: what was done, what was wrong, and how to see it again. */
export const failureText = (failure: Failure): string =>
  [
    `DEVIATION ${failure.what}`,
    ...failure.commands.split(',').map((one) => `  ${one}`),
    `  ${replayOf(failure)}`,
  ].join('\n');

export function reportOf(
  facts: RunFacts,
  { seed, workers }: Pick<ModelOptions, 'seed' | 'workers'>,
  outcome: ModelOutcome,
): Report {
  const { actions, strict, failures, strays, sequences, cpuMs } = outcome;
  const parts = [
    '# The model: sequences of commands against the life of an action',
    headline(outcome),
    table(
      ['what', 'value'],
      [
        ...Object.entries(facts),
        ['seed', seed],
        ['workers', workers],
        ['processor time of a sequence', `${(cpuMs / Math.max(1, sequences)).toFixed(1)} ms`],
        ['actions', `${actions}, of which ${strict} had one right end and came to it`],
      ],
    ),
    '## Deviations',
    isClean(outcome) ? 'None.' : [...failures.map(failureText), ...strays].join('\n\n'),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, seed, workers, ...outcome } };
}
