import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import { findingText, type PartOutcome } from './finding.ts';
import type { FuzzOptions } from './parts.ts';

const INPUTS: Readonly<Record<string, string>> = {
  http: 'requests',
  frames: 'frames',
  names: 'names and lines',
};

export function headline(outcomes: readonly PartOutcome[]): string {
  const parts = outcomes.map(({ name, played, durationMs }) => {
    const seconds = durationMs / 1000;
    return `${played} ${INPUTS[name] ?? name} in ${seconds.toFixed(0)} s, ${(played / seconds).toFixed(0)} a second`;
  });
  const found = outcomes.reduce((sum, { findings }) => sum + findings.length, 0);
  return `${parts.join('; ')}: ${found === 0 ? 'no finding' : `${found} findings`}.`;
}

export function reportOf(facts: RunFacts, { seed }: FuzzOptions, outcomes: readonly PartOutcome[]): Report {
  const parts = [
    '# Inputs that nobody would send',
    headline(outcomes),
    table(['what', 'value'], [...Object.entries(facts), ['seed', seed]]),
    ...outcomes.flatMap(({ name, figures, table: { head, rows }, findings }) => [
      `## ${name}`,
      table(['what', 'value'], Object.entries(figures)),
      table(head, rows),
      findings.length === 0 ? 'No finding.' : findings.map(findingText).join('\n\n'),
    ]),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, seed, outcomes } };
}
