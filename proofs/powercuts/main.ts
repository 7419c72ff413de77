import { randomInt } from 'node:crypto';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { OptionError, type OptionValues, text, wholeNumber } from '../report/options.ts';
import { recordingProblem } from './disk/record.ts';
import { type PowercutsOutcome, runPowercuts } from './run.ts';
import type { Side } from './side.ts';
import { headline, replayOf, reportOf } from './summary.ts';

const OPTIONS = {
  cuts: wholeNumber({ least: 1, most: 1e6, byDefault: 1000, means: 'how often each side loses its power' }),
  seed: wholeNumber({
    least: 0,
    most: 1e12,
    byDefault: null,
    means: 'the plan of the run; drawn when left out',
  }),
  side: text({ placeholder: 'SIDE', byDefault: 'both', means: 'hub, agent or both' }),
  report: reportOption('powercuts'),
};

/** `npm run powercuts`: takes the power from hub and agent at any step of their disks, and looks what is left. */
async function main(given: OptionValues<typeof OPTIONS>): Promise<number> {
  const { cuts, side, report } = given;
  const sides = sidesOf(side);
  const problem = recordingProblem();
  if (problem !== null) throw new OptionError(`Nothing can be recorded: ${problem}.`);
  const seed = given.seed ?? randomInt(2 ** 31);
  console.log(`Seed ${seed}`);
  return playAndReport({ report, total: cuts * sides.length, unit: 'losses of power' }, async (play) => {
    const { progress, stop, facts, busyShare } = play;
    let shown = 0;
    const outcome = await runPowercuts({
      ...{ cuts, seed, sides, stop },
      onCut(soFar) {
        for (const violation of soFar.violations.slice(shown))
          progress.say(`VIOLATION ${violation.side}: ${violation.what[0]}\n  ${replayOf(soFar, violation)}`);
        shown = soFar.violations.length;
        progress.show(doneIn(soFar), shown === 0 ? 'no violation' : `${shown} with violations`);
      },
    });
    return {
      ...{ headline: headline(outcome), found: outcome.violations.length },
      report: reportOf(facts, outcome, busyShare()),
    };
  });
}

const doneIn = ({ totals }: PowercutsOutcome): number => totals.hub.cuts + totals.agent.cuts;

function sidesOf(word: string): Side['name'][] {
  if (word === 'both') return ['hub', 'agent'];
  if (word === 'hub' || word === 'agent') return [word];
  throw new OptionError(`--side takes hub, agent or both, not «${word}».`);
}

await runCommand(OPTIONS, main);
