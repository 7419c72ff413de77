import { randomInt } from 'node:crypto';
import { factsOfRun } from '../report/machine.ts';
import { OptionError, readOptions, text, usageOf, wholeNumber } from '../report/options.ts';
import { showProgress } from '../report/progress.ts';
import { writeReport } from '../report/report-files.ts';
import { drillsOf, playRestores } from './run.ts';
import { headline, reportOf, violationsOf } from './summary.ts';

const OPTIONS = {
  restores: wholeNumber({ least: 1, most: 1e6, byDefault: 50, means: 'restores that lose something' }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  report: text({
    ...{ placeholder: 'FILE', byDefault: 'dist/proofs/restores.md' },
    means: 'where the report goes, as Markdown and as JSON',
  }),
};

/** `npm run restores`: sets a hub back to an older store, again and again, and looks whether it notices. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usageOf(OPTIONS));
    return 0;
  }
  const { report, restores, ...given } = readOptions(args, OPTIONS);
  const seed = given.seed ?? randomInt(2 ** 30);
  console.log(`Seed ${seed}.`);
  const drills = drillsOf({ seed, restores }).length;
  using progress = showProgress(process.stdout, drills, 'restores');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const facts = factsOfRun();
  progress.begin();
  const shown = new Set<string>();
  const outcome = await playRestores({
    ...{ seed, restores, stop: stop.signal },
    onPart(part) {
      const found = violationsOf(part);
      for (const line of found.filter((one) => !shown.has(one))) progress.say(`VIOLATION ${line}`);
      for (const line of found) shown.add(line);
      progress.show(
        part.results.length + part.strays.length,
        found.length === 0 ? 'no violation' : `${found.length} violations`,
      );
    },
  });
  progress.say(headline(outcome));
  const files = writeReport(report, reportOf(facts, seed, outcome));
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return violationsOf(outcome).length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
