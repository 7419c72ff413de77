import type { RunFacts } from '../../report/machine.ts';
import { type Report, table } from '../../report/report-files.ts';
import type { Answers } from './attacks.ts';
import type { WholeOutcome } from './run.ts';
import { LIMITS } from './server.ts';
import { waysOf } from './ways/registry.ts';

export function headline({
  sent,
  unlistedStarts,
  starts,
  changes,
  durationMs,
  violations,
}: WholeOutcome): string {
  const allowed = Object.values(starts).reduce((sum, count) => sum + count, 0);
  const found = violations.length === 0 ? 'no violation' : `${violations.length} violations`;
  return `${sent} attacks: ${unlistedStarts} starts outside the list, ${allowed} of what is listed, ${changes} changes. ${(durationMs / 1000).toFixed(0)} s, ${found}.`;
}

/** The line that plays it again. */
export const replayOf = ({ seed, sent }: WholeOutcome): string =>
  `npm run evil-hub -- --orders ${sent} --seed ${seed}`;

export function reportOf(facts: RunFacts, outcome: WholeOutcome): Report {
  const { seed, sent, agentStarts, serverStarts, starts, answers, violations } = outcome;
  const tried = Object.keys(answers).length;
  const all = (['say', 'break', 'greet', 'ask', 'hand'] as const).flatMap((act) => waysOf(act)).length;
  const parts = [
    '# A hub that was taken over, and a real agent',
    headline(outcome),
    table(
      ['what', 'value'],
      [
        ...Object.entries(facts),
        ...[
          ['seed', seed],
          ['attacks', sent],
          ['ways that were tried, of all', `${tried} of ${all}`],
          ['starts of the agent, and of the server', `${agentStarts}, ${serverStarts}`],
          [
            'limits of the server',
            Object.entries(LIMITS)
              .map((limit) => limit.join(' = '))
              .join(', '),
          ],
        ],
      ],
    ),
    '## By what the attack was about',
    table(['about', 'attacks', 'what came of them'], bySubject(outcome).map(rowOf)),
    '## Starts of what is listed, by the services themselves',
    table(['service', 'starts'], Object.entries(starts)),
    '## Violations',
    violations.length === 0 ? 'None.' : [...violations, `Again: \`${replayOf(outcome)}\``].join('\n\n'),
    '## Each way',
    table(
      ['way', 'attacks', 'what came of them'],
      Object.entries(answers)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(rowOf),
    ),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, ...outcome, ran: [...outcome.ran] } };
}

const rowOf = ([name, answers]: [string, Answers]): [string, number, string] => [
  name,
  Object.values(answers).reduce((sum, count) => sum + count, 0),
  Object.entries(answers)
    .toSorted(([, a], [, b]) => b - a)
    .map(([answer, count]) => `${answer} ${count}`)
    .join(', '),
];

/** The answers of all ways of one subject together. */
export function bySubject({ answers }: Pick<WholeOutcome, 'answers'>): [string, Answers][] {
  const sums = new Map<string, Answers>();
  for (const [name, given] of Object.entries(answers)) {
    const subject = name.slice(0, name.indexOf(': '));
    const sum = sums.get(subject) ?? {};
    for (const [answer, count] of Object.entries(given)) sum[answer] = (sum[answer] ?? 0) + count;
    sums.set(subject, sum);
  }
  return [...sums];
}
