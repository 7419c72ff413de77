import { randomInt } from 'node:crypto';
import { labProblem } from '../../lab/index.ts';
import { type Play, playAndReport, type Played, reportOption, runCommand } from '../report/command.ts';
import { flag, OptionError, type OptionValues, wholeNumber } from '../report/options.ts';
import { playEvilHub } from './run.ts';
import { headline, reportOf } from './summary.ts';
import { playWhole } from './whole/run.ts';
import {
  bySubject,
  headline as headlineOfWhole,
  replayOf,
  reportOf as reportOfWhole,
} from './whole/summary.ts';

const OPTIONS = {
  sealed: flag({
    means: 'a server that root has sealed, without systemd: what is sent was not approved there',
  }),
  orders: wholeNumber({ least: 1, most: 1e9, byDefault: 1000, means: 'how many attacks are made up' }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  report: reportOption('evil-hub'),
};

/** `npm run evil-hub`: takes a hub with its key and its store, and has it send whatever it can. */
async function main({ sealed, orders, report, ...given }: OptionValues<typeof OPTIONS>): Promise<number> {
  const problem = sealed ? null : labProblem();
  if (problem !== null) throw new OptionError(`There is no server to attack here: ${problem}`);
  const seed = given.seed ?? randomInt(2 ** 30);
  console.log(`Seed ${seed}.`);
  const play = sealed ? playSealed : playReal;
  return playAndReport({ report, total: orders, unit: sealed ? 'orders' : 'attacks' }, (of) =>
    play(of, { seed, orders }),
  );
}

interface Wish {
  readonly seed: number;
  readonly orders: number;
}

async function playSealed({ progress, stop, facts }: Play, wish: Wish): Promise<Played> {
  const outcome = await playEvilHub({
    ...{ ...wish, sealed: true, stop },
    onPart: (soFar) => progress.show(soFar.orders, `${soFar.forgedRuns} ran`),
  });
  for (const violation of outcome.violations.slice(0, 20)) progress.say(`VIOLATION ${violation}`);
  return {
    ...{ headline: headline(outcome), found: outcome.violations.length },
    report: reportOf(facts, { seed: wish.seed, sealed: true }, outcome),
  };
}

async function playReal({ progress, stop, facts }: Play, wish: Wish): Promise<Played> {
  let told = 0;
  const outcome = await playWhole({
    ...{ ...wish, stop },
    onPart(soFar) {
      for (const violation of soFar.violations.slice(told)) progress.say(`VIOLATION ${violation}`);
      told = soFar.violations.length;
      progress.show(soFar.sent, `${soFar.unlistedStarts} starts outside the list`);
    },
  });
  for (const violation of outcome.violations.slice(told)) progress.say(`VIOLATION ${violation}`);
  for (const [subject, answers] of bySubject(outcome))
    progress.say(`${subject}: ${Object.values(answers).reduce((sum, count) => sum + count, 0)}`);
  if (outcome.violations.length > 0) progress.say(`Again: ${replayOf(outcome)}`);
  return {
    ...{ headline: headlineOfWhole(outcome), found: outcome.violations.length },
    report: reportOfWhole(facts, outcome),
  };
}

await runCommand(OPTIONS, main);
