import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { OptionError, type OptionValues, text, wholeNumber } from '../report/options.ts';
import { playModel } from './run.ts';
import { failureText, headline, reportOf } from './summary.ts';

const OPTIONS = {
  sequences: wholeNumber({ least: 1, most: 1e9, byDefault: 1000, means: 'how many sequences are played' }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  path: text({ placeholder: 'PATH', byDefault: null, means: 'with --seed: plays this sequence of it' }),
  replay: text({ placeholder: 'TEXT', byDefault: null, means: 'with --path: these of its commands' }),
  workers: wholeNumber({ least: 1, most: 256, byDefault: availableParallelism(), means: 'threads' }),
  report: reportOption('model'),
};

/** `npm run model`: plays sequences of commands and compares hub and agent with a small model after each. */
async function main({ path, replay, report, ...given }: OptionValues<typeof OPTIONS>): Promise<number> {
  if (path !== null && given.seed === null)
    throw new OptionError('--path needs the --seed that it was found with.');
  const seed = given.seed ?? randomInt(2 ** 30);
  if (path !== null) return playAgain(seed, path, replay ?? undefined);
  console.log(`Seed ${seed}.`);
  const options = { ...given, seed };
  return playAndReport(
    { report, total: given.sequences, unit: 'sequences' },
    async ({ progress, stop, facts }) => {
      let shown = 0;
      const outcome = await playModel({
        ...options,
        stop,
        onPart({ sequences, failures }) {
          for (const failure of failures.slice(shown)) progress.say(failureText(failure));
          shown = failures.length;
          progress.show(sequences, shown === 0 ? 'no deviation' : `${shown} deviations`);
        },
      });
      for (const stray of outcome.strays) progress.say(stray);
      return {
        ...{ headline: headline(outcome), found: outcome.failures.length + outcome.strays.length },
        report: reportOf(facts, options, outcome),
      };
    },
  );
}

async function playAgain(seed: number, path: string, replayPath: string | undefined): Promise<number> {
  const { failures, strays } = await playModel({ seed, sequences: 1, workers: 1, path, replayPath });
  for (const failure of failures) console.log([...failure.trace, failureText(failure)].join('\n'));
  for (const stray of strays) console.log(stray);
  if (failures.length + strays.length > 0) return 1;
  console.log('No deviation.');
  return 0;
}

await runCommand(OPTIONS, main);
