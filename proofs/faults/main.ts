import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { labProblem } from '../../lab/index.ts';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { OptionError, type OptionValues, text, wholeNumber } from '../report/options.ts';
import type { Progress } from '../report/progress.ts';
import { reportFiles } from '../report/report-files.ts';
import type { Fault, Points } from './plan/plan.ts';
import { nameOf } from './plan/points.ts';
import { type RunOptions, runFaults } from './run.ts';
import { headline, reportOf } from './summary.ts';

const OPTIONS = {
  kills: wholeNumber({ least: 1, most: 1_000_000, byDefault: 200, means: 'kills before it ends' }),
  seed: wholeNumber({
    least: 0,
    most: 2 ** 31,
    byDefault: null,
    means: 'the plan of a run; drawn when left out',
  }),
  lanes: wholeNumber({
    ...{ least: 1, most: 32, byDefault: 2 * availableParallelism() },
    means: 'worlds side by side, each with a hub and a server',
  }),
  point: text({ placeholder: 'TEXT', byDefault: null, means: 'only points whose name holds this' }),
  round: wholeNumber({
    least: 0,
    most: 1e9,
    byDefault: null,
    means: 'only the plan of this round, to replay it',
  }),
  points: text({
    ...{ placeholder: 'FILE', byDefault: null },
    means: 'the points of this report (.json), so that its rounds come again',
  }),
  report: reportOption('faults'),
};

/** `npm run faults`: kills hub, agent and server everywhere, and shows that no restart runs twice and none is lost. */
async function main(given: OptionValues<typeof OPTIONS>): Promise<number> {
  const problem = labProblem();
  if (problem !== null) throw new OptionError(`This proof needs real systemd servers. ${problem}`);
  const seed = given.seed ?? randomInt(2 ** 31);
  const { report, ...rest } = given;
  const evidenceDir = `${reportFiles(report).markdown.replace(/\.md$/, '')}-evidence`;
  const points = given.points === null ? null : pointsIn(given.points);
  const options = { ...rest, seed, points, durableOnly: false, evidenceDir };
  console.log(`Seed ${seed}, ${given.lanes} lanes. Booting servers, and recording the steps of a restart …`);
  return playAndReport({ report, total: given.kills, unit: 'kills' }, async ({ progress, stop, facts }) => {
    const outcome = await runFaults({ ...withProgress(options, progress), stop });
    return {
      ...{ headline: headline(outcome), found: outcome.violations.length },
      report: reportOf(facts, { ...options, json: reportFiles(report).json }, outcome),
    };
  });
}

/** @throws OptionError */
function pointsIn(file: string): Points {
  try {
    const { points } = JSON.parse(readFileSync(file, 'utf8')) as { points?: Points };
    if (points !== undefined && points.usual.length > 0 && points.recovery.length > 0) return points;
  } catch {
    // What is wrong with it, the next line says well enough.
  }
  throw new OptionError(`--points takes the .json of a report of this command, and ${file} is none.`);
}

function withProgress(options: RunOptions, progress: Progress): RunOptions {
  let found = 0;
  return {
    ...options,
    onReady({ usual, recovery }) {
      progress.say(`${usual.length} points on the way of a restart, ${recovery.length} on the way back.`);
      progress.begin();
    },
    onRound({ plan, lane, violations, kills }, killsSoFar) {
      found += violations.length;
      for (const what of violations) {
        const where =
          kills.map((kill) => kill.where).join(', then ') || plan.faults.map(wordOf).join(', then ');
        progress.say(
          `VIOLATION in ${plan.round === null ? 'a recording' : `round ${plan.round}`} on ${lane}: ${what} (${where})`,
        );
      }
      progress.show(killsSoFar, found === 0 ? 'no violation' : `${found} violations`);
    },
  };
}

const wordOf = (fault: Fault): string => (fault.kind === 'point' ? nameOf(fault.point) : fault.kind);

await runCommand(OPTIONS, main);
