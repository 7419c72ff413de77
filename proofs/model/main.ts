import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { factsOfRun } from '../report/machine.ts';
import { OptionError, readOptions, text, usageOf, wholeNumber } from '../report/options.ts';
import { showProgress } from '../report/progress.ts';
import { writeReport } from '../report/report-files.ts';
import { playModel } from './run.ts';
import { failureText, headline, reportOf } from './summary.ts';

const OPTIONS = {
  sequences: wholeNumber({ least: 1, most: 1e9, byDefault: 1000, means: 'how many sequences are played' }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  path: text({ placeholder: 'PATH', byDefault: null, means: 'with --seed: plays this sequence of it' }),
  replay: text({ placeholder: 'TEXT', byDefault: null, means: 'with --path: these of its commands' }),
  workers: wholeNumber({ least: 1, most: 256, byDefault: availableParallelism(), means: 'threads' }),
  report: text({
    ...{ placeholder: 'FILE', byDefault: 'dist/proofs/model.md' },
    means: 'where the report goes, as Markdown and as JSON',
  }),
};

/** `npm run model`: plays sequences of commands and compares hub and agent with a small model after each. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usageOf(OPTIONS));
    return 0;
  }
  const { path, replay, report, ...given } = readOptions(args, OPTIONS);
  if (path !== null && given.seed === null)
    throw new OptionError('--path needs the --seed that it was found with.');
  const seed = given.seed ?? randomInt(2 ** 30);
  if (path !== null) return playAgain(seed, path, replay ?? undefined);
  console.log(`Seed ${seed}.`);
  using progress = showProgress(process.stdout, given.sequences, 'sequences');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // At the beginning: what is changed while it runs is not what it ran.
  const facts = factsOfRun();
  progress.begin();
  let shown = 0;
  const options = { ...given, seed };
  const outcome = await playModel({
    ...options,
    stop: stop.signal,
    onPart({ sequences, failures }) {
      for (const failure of failures.slice(shown)) progress.say(failureText(failure));
      shown = failures.length;
      progress.show(sequences, shown === 0 ? 'no deviation' : `${shown} deviations`);
    },
  });
  for (const stray of outcome.strays) progress.say(stray);
  progress.say(headline(outcome));
  const files = writeReport(report, reportOf(facts, options, outcome));
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return outcome.failures.length + outcome.strays.length === 0 ? 0 : 1;
}

async function playAgain(seed: number, path: string, replayPath: string | undefined): Promise<number> {
  const { failures, strays } = await playModel({ seed, sequences: 1, workers: 1, path, replayPath });
  for (const failure of failures) console.log([...failure.trace, failureText(failure)].join('\n'));
  for (const stray of strays) console.log(stray);
  if (failures.length + strays.length > 0) return 1;
  console.log('No deviation.');
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
