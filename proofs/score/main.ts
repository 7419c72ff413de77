import { factsOfRun } from '../report/machine.ts';
import { OptionError, readOptions, text, usageOf, wholeNumber } from '../report/options.ts';
import { showProgress } from '../report/progress.ts';
import { writeReport } from '../report/report-files.ts';
import { GROUPS } from './groups.ts';
import { type GroupOutcome, scoreGroup } from './run.ts';
import { headline, isGood, lineOf, reportOf } from './summary.ts';

const OPTIONS = {
  group: text({ placeholder: 'NAME', byDefault: null, means: 'scores this group alone' }),
  workers: wholeNumber({ least: 1, most: 64, byDefault: 2, means: 'changes at once' }),
  report: text({
    ...{ placeholder: 'FILE', byDefault: 'dist/proofs/score.md' },
    means: 'where the report goes, as Markdown and as JSON',
  }),
};

/** `npm run score`: makes every small change of the rules, one at a time, and sees whether some test fails. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usageOf(OPTIONS));
    return 0;
  }
  const { group, workers, report } = readOptions(args, OPTIONS);
  const groups = GROUPS.filter(({ name }) => group === null || name === group);
  if (groups.length === 0)
    throw new OptionError(`There is no group «${group}»: ${GROUPS.map(({ name }) => name).join(', ')}.`);
  using progress = showProgress(process.stdout, groups.length, 'groups');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const facts = factsOfRun();
  const outcomes: GroupOutcome[] = [];
  for (const one of groups) {
    const onWord = (word: string) => progress.show(outcomes.length, `${one.name}: ${word}`);
    const outcome = await scoreGroup(one, { workers, stop: stop.signal, onWord });
    if (stop.signal.aborted) break;
    outcomes.push(outcome);
    progress.say(lineOf(outcome));
  }
  progress.say(headline(outcomes));
  const files = writeReport(report, reportOf(facts, outcomes));
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return outcomes.length === groups.length && outcomes.every(isGood) ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
