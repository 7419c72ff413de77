import { availableParallelism } from 'node:os';
import { factsOfRun, watchProcessors } from '../report/machine.ts';
import { OptionError, readOptions, text, usageOf, wholeNumber } from '../report/options.ts';
import { showProgress } from '../report/progress.ts';
import { writeReport } from '../report/report-files.ts';
import { makeFleetImage } from '../world/fleet/image.ts';
import { playSeed } from './seed.ts';
import { catchStrays } from '../world/people/strays.ts';
import { playSeeds } from './seeds.ts';
import { headline, replayOf, reportOf } from './summary.ts';

const OPTIONS = {
  seeds: wholeNumber({ least: 1, most: 1e9, byDefault: 2000, means: 'how many seeds are played' }),
  from: wholeNumber({ least: 0, most: 1e12, byDefault: 0, means: 'the first of them' }),
  seed: wholeNumber({ least: 0, most: 1e12, byDefault: null, means: 'plays this one, and no other' }),
  workers: wholeNumber({ least: 1, most: 256, byDefault: availableParallelism(), means: 'threads' }),
  report: text({
    ...{ placeholder: 'FILE', byDefault: 'dist/proofs/simulate.md' },
    means: 'where the report goes, as Markdown and as JSON',
  }),
};
const TRACE = '--trace';

/** `npm run simulate`: plays the rules of hub and agent under faults that a seed decides, and looks for what must not be. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(`${usageOf(OPTIONS)}\n  ${TRACE.padEnd(20)} with --seed: prints all that happens`);
    return 0;
  }
  const { seed, ...options } = readOptions(
    args.filter((word) => word !== TRACE),
    OPTIONS,
  );
  if (seed !== null) return playOne(seed, args.includes(TRACE));
  if (args.includes(TRACE)) throw new OptionError(`${TRACE} is for one seed: add --seed S.`);
  using progress = showProgress(process.stdout, options.seeds, 'seeds');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // At the beginning: what is changed while it runs is not what it ran.
  const facts = factsOfRun();
  const busyShare = watchProcessors();
  progress.begin();
  let shown = 0;
  const outcome = await playSeeds({
    ...options,
    stop: stop.signal,
    onSlice({ totals, failures }) {
      for (const failure of failures.slice(shown))
        progress.say(`VIOLATION ${failure.violations[0]}\n  ${replayOf(failure.seed)}`);
      shown = failures.length;
      progress.show(totals.seeds, shown === 0 ? 'no violation' : `${shown} seeds with violations`);
    },
  });
  progress.say(headline(outcome));
  const files = writeReport(options.report, reportOf(facts, options, outcome, busyShare()));
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return outcome.failures.length === 0 ? 0 : 1;
}

async function playOne(seed: number, isTraced: boolean): Promise<number> {
  const strays = catchStrays();
  const result = await playSeed(await makeFleetImage(), seed, { keepsTrace: true });
  const violations = [...result.violations, ...strays.take()];
  if (isTraced || violations.length > 0) for (const line of result.trace) console.log(line);
  for (const violation of violations) console.log(`VIOLATION ${violation}`);
  console.log(
    `Seed ${seed}: ${violations.length === 0 ? 'no violation' : `${violations.length} violations`}, trace ${result.digest}.`,
  );
  return violations.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
