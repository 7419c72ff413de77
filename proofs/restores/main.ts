import { randomInt } from 'node:crypto';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { type OptionValues, wholeNumber } from '../report/options.ts';
import { drillsOf, playRestores } from './run.ts';
import { headline, reportOf, violationsOf } from './summary.ts';

const OPTIONS = {
  restores: wholeNumber({ least: 1, most: 1e6, byDefault: 50, means: 'restores that lose something' }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  report: reportOption('restores'),
};

/** `npm run restores`: sets a hub back to an older store, again and again, and looks whether it notices. */
async function main(given: OptionValues<typeof OPTIONS>): Promise<number> {
  const { report, restores } = given;
  const seed = given.seed ?? randomInt(2 ** 30);
  console.log(`Seed ${seed}.`);
  const total = drillsOf({ seed, restores }).length;
  return playAndReport({ report, total, unit: 'restores' }, async ({ progress, stop, facts }) => {
    const shown = new Set<string>();
    const outcome = await playRestores({
      ...{ seed, restores, stop },
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
    return {
      ...{ headline: headline(outcome), found: violationsOf(outcome).length },
      report: reportOf(facts, seed, outcome),
    };
  });
}

await runCommand(OPTIONS, main);
