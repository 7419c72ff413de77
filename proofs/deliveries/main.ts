import { randomInt } from 'node:crypto';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { flag, type OptionValues, wholeNumber } from '../report/options.ts';
import { playDeliveries } from './run.ts';
import { headline, reportOf } from './summary.ts';

const OPTIONS = {
  kills: wholeNumber({ least: 1, most: 1e6, byDefault: 60, means: 'how often the hub is killed' }),
  storm: flag({
    means: 'what is told of is what the hub finds out of servers in a storm, and not written beside it',
  }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  report: reportOption('deliveries'),
};

/** `npm run deliveries`: kills a hub while it tells people of things, and counts what arrives. */
async function main(given: OptionValues<typeof OPTIONS>): Promise<number> {
  const { report, kills, storm: isStorm } = given;
  const seed = given.seed ?? randomInt(2 ** 30);
  console.log(`Seed ${seed}.`);
  return playAndReport({ report, total: kills, unit: 'kills' }, async ({ progress, stop, facts }) => {
    const outcome = await playDeliveries({
      ...{ seed, kills, stop, isStorm },
      onKill: (done) => progress.show(done, 'judged at the end'),
    });
    for (const line of outcome.violations.slice(0, 20)) progress.say(`VIOLATION ${line}`);
    return {
      ...{ headline: headline(outcome), found: outcome.violations.length },
      report: reportOf(facts, seed, outcome),
    };
  });
}

await runCommand(OPTIONS, main);
