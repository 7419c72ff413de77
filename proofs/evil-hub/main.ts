import { randomInt } from 'node:crypto';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { flag, type OptionValues, wholeNumber } from '../report/options.ts';
import { playEvilHub } from './run.ts';
import { headline, reportOf } from './summary.ts';

const OPTIONS = {
  sealed: flag({ means: 'root has sealed the server; without it, what is sent is not held up by any seal' }),
  orders: wholeNumber({ least: 1, most: 1e9, byDefault: 1000, means: 'how many orders are made up' }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  report: reportOption('evil-hub'),
};

/** `npm run evil-hub`: takes a hub with its key and its store, and has it send whatever it can. */
async function main({ sealed, orders, report, ...given }: OptionValues<typeof OPTIONS>): Promise<number> {
  const seed = given.seed ?? randomInt(2 ** 30);
  console.log(`Seed ${seed}.`);
  return playAndReport({ report, total: orders, unit: 'orders' }, async ({ progress, stop, facts }) => {
    const outcome = await playEvilHub({
      ...{ seed, orders, sealed, stop },
      onPart: (soFar) => progress.show(soFar.orders, `${soFar.forgedRuns} ran`),
    });
    for (const violation of outcome.violations.slice(0, 20)) progress.say(`VIOLATION ${violation}`);
    return {
      ...{ headline: headline(outcome), found: outcome.violations.length },
      report: reportOf(facts, { seed, sealed }, outcome),
    };
  });
}

await runCommand(OPTIONS, main);
