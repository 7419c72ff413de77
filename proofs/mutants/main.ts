import { availableParallelism } from 'node:os';
import { factsOfRun } from '../report/machine.ts';
import { OptionError, readOptions, text, usageOf, wholeNumber } from '../report/options.ts';
import { showProgress } from '../report/progress.ts';
import { writeReport } from '../report/report-files.ts';
import { MUTANTS } from './planted/index.ts';
import { tryMutants } from './run.ts';
import { headline, reportOf } from './summary.ts';

const OPTIONS = {
  only: text({ placeholder: 'TEXT', byDefault: null, means: 'plants those whose name or file holds this' }),
  workers: wholeNumber({ least: 1, most: 64, byDefault: availableParallelism(), means: 'at once' }),
  report: text({
    ...{ placeholder: 'FILE', byDefault: 'dist/proofs/mutants.md' },
    means: 'where the report goes, as Markdown and as JSON',
  }),
};

/** `npm run mutants`: plants mistakes in a copy of the checkout, and sees whether the tests that are named for them fail. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usageOf(OPTIONS));
    return 0;
  }
  const { only, workers, report } = readOptions(args, OPTIONS);
  const mutants = MUTANTS.filter(({ name, file }) => only === null || `${name} ${file}`.includes(only));
  if (mutants.length === 0) throw new OptionError(`No planted mistake holds «${only}» in its name or file.`);
  using progress = showProgress(process.stdout, mutants.length, 'mistakes');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const facts = factsOfRun();
  progress.say('First the named tests without any mistake.');
  progress.begin();
  let [done, missed] = [0, 0];
  const outcome = await tryMutants({
    ...{ mutants, workers, stop: stop.signal },
    onTrial({ mutant, fate, said }) {
      done += 1;
      if (fate !== 'caught') {
        missed += 1;
        progress.say(`NOT CAUGHT, ${fate}: ${mutant.name}\n  ${mutant.caughtBy.test}\n  ${said}`);
      }
      progress.show(done, missed === 0 ? 'all caught' : `${missed} not caught`);
    },
  });
  for (const line of outcome.unfit) progress.say(`UNFIT ${line}`);
  progress.say(headline(outcome));
  const files = writeReport(report, reportOf(facts, outcome));
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return outcome.unfit.length === 0 && missed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
