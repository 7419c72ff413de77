import { availableParallelism } from 'node:os';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { flag, OptionError, type OptionValues, wholeNumber } from '../report/options.ts';
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
  report: reportOption('simulate'),
  trace: flag({ means: 'with --seed: prints all that happens' }),
};

/** `npm run simulate`: plays the rules of hub and agent under faults that a seed decides, and looks for what must not be. */
async function main(given: OptionValues<typeof OPTIONS>): Promise<number> {
  const { seed, trace, report, ...options } = given;
  if (seed !== null) return playOne(seed, trace);
  if (trace) throw new OptionError('--trace is for one seed: add --seed S.');
  return playAndReport({ report, total: options.seeds, unit: 'seeds' }, async (play) => {
    const { progress, stop, facts, busyShare } = play;
    let shown = 0;
    const outcome = await playSeeds({
      ...options,
      stop,
      onSlice({ totals, failures }) {
        for (const failure of failures.slice(shown))
          progress.say(`VIOLATION ${failure.violations[0]}\n  ${replayOf(failure.seed)}`);
        shown = failures.length;
        progress.show(totals.seeds, shown === 0 ? 'no violation' : `${shown} seeds with violations`);
      },
    });
    return {
      ...{ headline: headline(outcome), found: outcome.failures.length },
      report: reportOf(facts, options, outcome, busyShare()),
    };
  });
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

await runCommand(OPTIONS, main);
