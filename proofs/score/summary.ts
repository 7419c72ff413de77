import type { RunFacts } from '../report/machine.ts';
import { type Report, table } from '../report/report-files.ts';
import { type FileFindings, type Tally, scoreOf, sumOf } from './findings.ts';
import type { GroupOutcome } from './run.ts';

/** The part of the changes that the tests of each group have to notice. */
const BAR = 0.9;

export const isGood = ({ problem, files }: GroupOutcome): boolean =>
  problem === null && scoreOf(sumOf(files)) >= BAR;

/** Never rounded up: 89.96 % is below a bar of 90 %. */
const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

const countOf = ({ killed, timedOut, survived, notCovered }: Tally) =>
  killed + timedOut + survived + notCovered;

const noticed = (tally: Tally): string =>
  `${tally.killed + tally.timedOut} of ${countOf(tally)} changes noticed, ${percent(scoreOf(tally))}`;

export function lineOf(outcome: GroupOutcome): string {
  const { group, files, problem, durationMs } = outcome;
  const seconds = `${(durationMs / 1000).toFixed(0)} s`;
  if (problem !== null) return `NOT SCORED ${group.name}, after ${seconds}:\n${problem}`;
  return `${isGood(outcome) ? 'ok  ' : 'LOW '} ${group.name}: ${noticed(sumOf(files))}, in ${seconds}`;
}

export const headline = (outcomes: readonly GroupOutcome[]): string => {
  const low = outcomes.filter((outcome) => !isGood(outcome)).map(({ group }) => group.name);
  const all = noticed(sumOf(outcomes.flatMap(({ files }) => files)));
  return `${all}${low.length === 0 ? '' : `; below ${percent(BAR)}: ${low.join(', ')}`}.`;
};

export function reportOf(facts: RunFacts, outcomes: readonly GroupOutcome[]): Report {
  const rows = outcomes.flatMap(({ group, files }) => files.map((file) => rowOf(group.name, file)));
  const parts = [
    '# Mutation score: which changes of the rules would no test see?',
    headline(outcomes),
    table(['what', 'value'], Object.entries(facts)),
    '## Groups',
    outcomes.map((outcome) => `- ${lineOf(outcome)}`).join('\n'),
    '## Files',
    table(['group', 'file', 'killed', 'timed out', 'survived', 'not covered', 'score'], rows),
    '## What no test saw',
    ...outcomes.flatMap(({ files }) => files).flatMap(survivorsOf),
  ];
  return { markdown: parts.join('\n\n'), data: { facts, bar: BAR, outcomes } };
}

const rowOf = (group: string, of: FileFindings) => [
  ...[group, of.file, of.killed, of.timedOut, of.survived, of.notCovered],
  percent(scoreOf(of)),
];

function survivorsOf({ file, survivors }: FileFindings): string[] {
  if (survivors.length === 0) return [];
  const rows = survivors.map(({ line, isCovered, from, to }) => [
    `${file}:${line}`,
    from,
    to,
    isCovered ? '' : 'not covered',
  ]);
  return [table(['where', 'instead of', 'it says', ''], rows)];
}
