import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFindings, scoreOf, sumOf } from './findings.ts';
import { GROUP_VARIABLE, GROUPS, type Group, groupIn } from './groups.ts';
import { type GroupOutcome, scoreGroup } from './run.ts';
import { headline, isGood, lineOf, reportOf } from './summary.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SOURCE = ['export const isOld = (ageMs: number) => ageMs > 10;', 'export function none() {', '}'].join(
  '\n',
);

const change = (status: string, line = 1, endLine = line) => ({
  id: '1',
  mutatorName: 'EqualityOperator',
  replacement: 'ageMs >=\n  10',
  status,
  location: { start: { line, column: 41 }, end: { line: endLine, column: 51 } },
});

const report = (...mutants: object[]) => JSON.stringify({ files: { 'a.ts': { source: SOURCE, mutants } } });

const facts = { product: '1', commit: 'c', node: 'n', systemd: 's', kernel: 'k', machine: 'm' };
const group: Group = { name: 'ages', files: ['a.ts'], tests: ['a.test.ts'] };
const outcomeOf = (json: string): GroupOutcome => ({
  ...{ group, files: readFindings(json), problem: null, durationMs: 61_000 },
});
const times = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);

test('the tool’s report is counted by what became of each change', () => {
  const [file] = readFindings(
    report(
      ...[change('Killed'), change('Killed'), change('Timeout'), change('Survived')],
      ...[change('NoCoverage', 2, 3), change('Ignored')],
    ),
  );
  expect(file).toEqual({
    ...{ file: 'a.ts', killed: 2, timedOut: 1, survived: 1, notCovered: 1 },
    survivors: [
      { line: 1, isCovered: true, from: 'ageMs > 10', to: 'ageMs >= 10' },
      { line: 2, isCovered: false, from: ' …', to: 'ageMs >= 10' },
    ],
  });
  expect(scoreOf(sumOf([file ?? sumOf([])]))).toBe(3 / 5);
});

test('a change that could not be tried is an error, and makes no score better', () => {
  expect(() => readFindings(report(change('Killed'), change('Pending')))).toThrow(/a\.ts .*Pending/);
  expect(scoreOf(sumOf([]))).toBe(0);
});

test('a group is good from the bar on, and never by rounding', () => {
  const at = outcomeOf(report(...times(9, change('Killed')), change('Survived')));
  const below = outcomeOf(report(...times(8996, change('Killed')), ...times(1004, change('Survived'))));
  expect([isGood(at), isGood(below)]).toEqual([true, false]);
  expect(lineOf(at)).toBe('ok   ages: 9 of 10 changes noticed, 90.0 %, in 61 s');
  expect(lineOf(below)).toBe('LOW  ages: 8996 of 10000 changes noticed, 89.9 %, in 61 s');
  expect(headline([at, below])).toBe('9005 of 10010 changes noticed, 89.9 %; below 90.0 %: ages.');
  const broken = { ...at, files: [], problem: 'a test fails anyway' };
  expect(isGood(broken)).toBe(false);
  expect(lineOf(broken)).toMatch(/^NOT SCORED ages[^]*a test fails anyway/);
});

test('the report names each file with its figures, and each change that no test saw', () => {
  const { markdown, data } = reportOf(facts, [outcomeOf(report(change('Killed'), change('Survived')))]);
  expect(markdown).toContain('| ages | a.ts | 1 | 0 | 1 | 0 | 50.0 % |');
  expect(markdown).toContain('| a.ts:1 | ageMs > 10 | ageMs >= 10 |  |');
  expect(data).toMatchObject({ facts, bar: 0.9, outcomes: [{ group: { name: 'ages' } }] });
});

test('no two groups have one name, no file is scored twice, and all that they name is there', () => {
  expect(new Set(GROUPS.map(({ name }) => name)).size).toBe(GROUPS.length);
  const files = GROUPS.flatMap((one) => one.files);
  expect(new Set(files).size).toBe(files.length);
  expect(files.filter((file) => !existsSync(`${ROOT}${file}`))).toEqual([]);
  const tests = GROUPS.flatMap((one) => one.tests);
  expect(tests.filter((pattern) => globSync(pattern, { cwd: ROOT }).length === 0)).toEqual([]);
});

test('a process of the tool works on the group that it is told, and on no other', () => {
  const { name } = GROUPS[0] ?? group;
  expect(groupIn({ [GROUP_VARIABLE]: name })).toBe(GROUPS[0]);
  expect(groupIn({}).files).toHaveLength(GROUPS.flatMap((one) => one.files).length);
  expect(() => groupIn({ [GROUP_VARIABLE]: 'none' })).toThrow('«none»');
});

test('a group that the tool cannot work on has no findings, and says why', { timeout: 60_000 }, async () => {
  const unknown = { ...group, name: 'unknown' };
  const outcome = await scoreGroup(unknown, {
    workers: 1,
    stop: new AbortController().signal,
    onWord: () => undefined,
  });
  expect(outcome.files).toEqual([]);
  expect(outcome.problem).toContain('«unknown»');
});
