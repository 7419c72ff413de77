import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import type { MutantsOutcome } from './run.ts';

export function headline({ trials, unfit, durationMs }: MutantsOutcome): string {
  if (unfit.length > 0)
    return `Nothing was planted: ${unfit.length} of the named tests do not pass as it is.`;
  const caught = trials.filter(({ fate }) => fate === 'caught').length;
  return `${caught} of ${trials.length} planted mistakes were caught, in ${(durationMs / 1000).toFixed(0)} s.`;
}

/** Every mistake, and the test that saw it. */
export function reportOf(facts: RunFacts, outcome: MutantsOutcome): Report {
  const rows = outcome.trials.map(({ mutant, fate, said }) => [
    mutant.name,
    mutant.file,
    fate,
    `${mutant.caughtBy.test} (${mutant.caughtBy.file})`,
    said,
  ]);
  const parts = [
    '# Planted mistakes: do the tests see them?',
    headline(outcome),
    table(['what', 'value'], Object.entries(facts)),
    ...(outcome.unfit.length > 0 ? ['## Tests that do not pass as it is', outcome.unfit.join('\n\n')] : []),
    '## Mistakes',
    table(['mistake', 'in', 'fate', 'test', 'how it failed'], rows),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, ...outcome } };
}
