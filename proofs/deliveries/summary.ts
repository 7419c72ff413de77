import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import type { DeliveriesOutcome } from './run.ts';

export function headline(outcome: DeliveriesOutcome): string {
  const { kills, killsWhileSending, alerts, events, channels, messages, repeats, violations } = outcome;
  return [
    `${kills} kills, ${killsWhileSending} of them while something was being sent.`,
    `${alerts} alerts and ${events} events, ${channels} channels, ${messages} messages,`,
    `${repeats} of which came once more, each with the same id.`,
    `${(outcome.durationMs / 1000).toFixed(0)} s,`,
    violations.length === 0 ? 'no violation.' : `${violations.length} violations.`,
  ].join(' ');
}

export function reportOf(facts: RunFacts, seed: number, outcome: DeliveriesOutcome): Report {
  const { violations } = outcome;
  const parts = [
    '# Deliveries: what is told while the hub is killed',
    headline(outcome),
    table(['what', 'value'], [...Object.entries(facts), ['seed', seed]]),
    '## Violations',
    violations.length === 0 ? 'None.' : violations.join('\n\n'),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, seed, ...outcome } };
}
