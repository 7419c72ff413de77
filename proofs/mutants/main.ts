import { availableParallelism } from 'node:os';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { OptionError, type OptionValues, text, wholeNumber } from '../report/options.ts';
import { MUTANTS } from './planted/index.ts';
import { tryMutants } from './run.ts';
import { headline, reportOf } from './summary.ts';

const OPTIONS = {
  only: text({ placeholder: 'TEXT', byDefault: null, means: 'plants those whose name or file holds this' }),
  workers: wholeNumber({ least: 1, most: 64, byDefault: availableParallelism(), means: 'at once' }),
  report: reportOption('mutants'),
};

/** `npm run mutants`: plants mistakes in a copy of the checkout, and sees whether the tests that are named for them fail. */
async function main(given: OptionValues<typeof OPTIONS>): Promise<number> {
  const { only, workers, report } = given;
  const mutants = MUTANTS.filter(({ name, file }) => only === null || `${name} ${file}`.includes(only));
  if (mutants.length === 0) throw new OptionError(`No planted mistake holds «${only}» in its name or file.`);
  return playAndReport(
    { report, total: mutants.length, unit: 'mistakes' },
    async ({ progress, stop, facts }) => {
      progress.say('First the named tests without any mistake.');
      let [done, missed] = [0, 0];
      const outcome = await tryMutants({
        ...{ mutants, workers, stop },
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
      return {
        headline: headline(outcome),
        report: reportOf(facts, outcome),
        found: outcome.unfit.length + missed,
      };
    },
  );
}

await runCommand(OPTIONS, main);
