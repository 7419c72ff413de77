import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import type { PowercutsOutcome, SideTotals, Violation } from './run.ts';

/** How many violations of a run are of a kind: `LOST` is what was acknowledged, `DOUBLE` is what ran or was sent twice. */
const countOf = (violations: readonly Violation[], kind: string): number =>
  violations.reduce((sum, { what }) => sum + what.filter((line) => line.startsWith(kind)).length, 0);

export function headline({ totals: { hub, agent }, violations, durationMs }: PowercutsOutcome): string {
  const found = `${countOf(violations, 'LOST')} lost, ${countOf(violations, 'DOUBLE')} double, ${violations.length} cuts with violations`;
  return `${hub.cuts} losses of power of the hub and ${agent.cuts} of a server, ${(durationMs / 1000).toFixed(0)} s: ${found}.`;
}

/** The line that brings a violation again. What the two processes do is recorded anew, so the steps may differ a little. */
export const replayOf = ({ seed }: PowercutsOutcome, { side, number }: Violation): string =>
  `npm run powercuts -- --seed ${seed} --side ${side} --cuts ${number + 1}`;

export function reportOf(facts: RunFacts, outcome: PowercutsOutcome, busyShare: number): Report {
  const { totals, violations, seed, durationMs } = outcome;
  const parts = [
    '# Loss of power: nothing that was acknowledged is lost, and nothing runs twice',
    headline(outcome),
    table(
      ['what', 'value'],
      [
        ...Object.entries(facts),
        ['seed', seed],
        ['processors busy', `${Math.round(100 * busyShare)} %, other work on this machine included`],
      ],
    ),
    table(['', 'hub', 'server'], rowsOf(totals.hub, totals.agent)),
    '## Violations',
    violations.length === 0
      ? 'None.'
      : table(
          ['side', 'life', 'cut', 'what', 'replay'],
          violations.map((one) => [
            ...[one.side, one.life, JSON.stringify(one.cut), one.what.join(' · ')],
            replayOf(outcome, one),
          ]),
        ),
    '## How the orders ended, after the losses of power',
    table(['outcome', 'times'], Object.entries(totals.agent.outcomes)),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, seed, durationMs, busyShare, totals, violations } };
}

const rowsOf = (hub: SideTotals, agent: SideTotals): [string, string | number, string | number][] => [
  ['losses of power', hub.cuts, agent.cuts],
  ['of a journaling disk, of a bare one', disksOf(hub), disksOf(agent)],
  ['lives that were recorded', hub.lives, agent.lives],
  ['steps of their disks', hub.steps, agent.steps],
  ['of them syncs', hub.syncs, agent.syncs],
  ['things that somebody had been told, looked up again', hub.promises, agent.promises],
];

const disksOf = ({ disks }: SideTotals): string => `${disks['journaling'] ?? 0}, ${disks['bare'] ?? 0}`;
