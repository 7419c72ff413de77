import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import { nameOf } from './plan/points.ts';
import type { RoundResult } from './round.ts';
import type { RunOptions, RunOutcome } from './run.ts';

/** The report of a run: what was killed where, what became of the orders, and all that replays a violation. */
export function reportOf(
  facts: RunFacts,
  options: Pick<RunOptions, 'seed' | 'lanes'> & { json: string },
  outcome: RunOutcome,
): Report {
  const { rounds, violations } = outcome;
  const parts = [
    '# Faults: no restart twice, none lost',
    headline(outcome),
    factTable(facts, options, outcome),
    '## Violations',
    violations.length === 0 ? 'None.' : violationTable(options, outcome),
    '## What became of the orders',
    table(['status', 'code', 'starts', 'orders'], outcomesOf(rounds)),
    '## Kills, by side and place',
    table(['where', 'kills'], killsOf(outcome)),
    '## Points that no kill reached',
    listOf(unreached(outcome)),
  ];
  const data = {
    ...{ facts, options: { seed: options.seed, lanes: options.lanes } },
    kills: outcome.kills,
    durationMs: Math.round(outcome.durationMs),
    busyShare: outcome.busyShare,
    points: outcome.points,
    killsByPlace: Object.fromEntries(killsOf(outcome)),
    violations,
    rounds,
  };
  return { markdown: parts.join('\n\n'), data };
}

export function headline({ kills, durationMs, rounds, violations }: RunOutcome): string {
  const perSecond = kills / (durationMs / 1000);
  const found = violations.length === 0 ? 'no violation' : `${violations.length} violations`;
  return `${kills} kills in ${rounds.length} orders, ${(durationMs / 1000).toFixed(0)} s, ${perSecond.toFixed(2)} kills a second: ${found}.`;
}

function factTable(
  facts: RunFacts,
  { seed, lanes }: Pick<RunOptions, 'seed' | 'lanes'>,
  { rounds, busyShare }: RunOutcome,
): string {
  const durations = rounds.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(durations[Math.floor(share * (durations.length - 1))] ?? 0);
  const delivered = rounds.map(({ deliveries }) => deliveries).filter((count) => count > 0);
  const mean = delivered.reduce((sum, count) => sum + count, 0) / Math.max(1, delivered.length);
  return table(
    ['what', 'value'],
    [
      ...Object.entries(facts),
      ['seed', seed],
      ['lanes', lanes],
      [
        'orders delivered',
        `${delivered.length}, each ${Math.min(...delivered)} times or more, ${mean.toFixed(1)} on average`,
      ],
      ['processors busy', `${Math.round(100 * busyShare)} %, other work on this machine included`],
      ['an order with its faults', `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`],
    ],
  );
}

function violationTable(
  { seed, json }: { seed: number; json: string },
  { violations, rounds }: RunOutcome,
): string {
  const rows = violations.map(({ round, lane, what, evidence }) => {
    const kills = rounds.find((one) => one.plan.round === round)?.kills.map(({ where }) => where) ?? [];
    const replay = round === null ? '' : `npm run faults -- --seed ${seed} --round ${round} --points ${json}`;
    return [round ?? '', lane, what, kills.join(', then '), replay, evidence ?? ''];
  });
  return table(['round', 'lane', 'what', 'killed', 'replay', 'evidence'], rows);
}

function outcomesOf(rounds: readonly RoundResult[]): [string, string, number, number][] {
  const counts = new Map<string, [string, string, number, number]>();
  for (const { action, code, runs } of rounds) {
    const row = [action?.status ?? 'no action', code ?? '', runs.length] as const;
    const known = counts.get(row.join('\n')) ?? [...row, 0];
    known[3] += 1;
    counts.set(row.join('\n'), known);
  }
  return [...counts.values()].toSorted((a, b) => b[3] - a[3]);
}

function killsOf({ rounds, betweenOrders }: RunOutcome): [string, number][] {
  const counts = new Map<string, number>();
  for (const { side, where } of rounds.flatMap(({ kills }) => kills)) {
    const place = where.startsWith(side) ? where : `${side} ${where}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  if (betweenOrders > 0) counts.set('agent between two orders', betweenOrders);
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function unreached({ points, rounds }: RunOutcome): string[] {
  const reached = new Set(rounds.flatMap(({ kills }) => kills.map(({ where }) => where)));
  return points.usual.map(nameOf).filter((name) => !reached.has(name));
}

const listOf = (items: readonly string[]): string =>
  items.length === 0 ? 'None.' : items.map((item) => `- ${item}`).join('\n');
