import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import type { EvilHubOptions, EvilHubOutcome } from './run.ts';

export function headline({
  orders,
  forgedRuns,
  trueRuns,
  trueSent,
  durationMs,
  violations,
}: EvilHubOutcome): string {
  const found = violations.length === 0 ? 'no violation' : `${violations.length} violations`;
  const approved =
    trueSent === 0
      ? ''
      : ` What was approved was sent ${trueSent} times and ran ${trueRuns === 1 ? 'once' : `${trueRuns} times`}.`;
  return `${orders} orders that nobody had approved: ${forgedRuns} ran.${approved} ${(durationMs / 1000).toFixed(0)} s, ${found}.`;
}

export function reportOf(
  facts: RunFacts,
  { seed, sealed }: Pick<EvilHubOptions, 'seed' | 'sealed'>,
  outcome: EvilHubOutcome,
): Report {
  const rows = Object.entries(outcome.answers).map(([way, answers]) => [
    way,
    Object.values(answers).reduce((sum, count) => sum + count, 0),
    Object.entries(answers)
      .map(([answer, count]) => `${answer} ${count}`)
      .join(', '),
  ]);
  const parts = [
    '# A hub that was taken over',
    headline(outcome),
    table(
      ['what', 'value'],
      [...Object.entries(facts), ['seed', seed], ['server', sealed ? 'sealed' : 'not sealed']],
    ),
    table(['what was sent', 'orders', 'what the server answered'], rows),
    '## Violations',
    outcome.violations.length === 0 ? 'None.' : outcome.violations.join('\n\n'),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, seed, sealed, ...outcome } };
}
