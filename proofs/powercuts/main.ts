import { randomInt } from 'node:crypto';
import { factsOfRun, watchProcessors } from '../report/machine.ts';
import { OptionError, readOptions, text, usageOf, wholeNumber } from '../report/options.ts';
import { showProgress } from '../report/progress.ts';
import { writeReport } from '../report/report-files.ts';
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
  report: text({
    ...{ placeholder: 'FILE', byDefault: 'dist/proofs/powercuts.md' },
    means: 'where the report goes, as Markdown and as JSON',
  }),
};

/** `npm run powercuts`: takes the power from hub and agent at any step of their disks, and looks what is left. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usageOf(OPTIONS));
    return 0;
  }
  const options = readOptions(args, OPTIONS);
  const sides = sidesOf(options.side);
  const problem = recordingProblem();
  if (problem !== null) throw new OptionError(`Nothing can be recorded: ${problem}.`);
  const seed = options.seed ?? randomInt(2 ** 31);
  using progress = showProgress(process.stdout, options.cuts * sides.length, 'losses of power');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // At the beginning: what is changed while it runs is not what it ran.
  const facts = factsOfRun();
  const busyShare = watchProcessors();
  progress.say(`Seed ${seed}`);
  progress.begin();
  let shown = 0;
  const outcome = await runPowercuts({
    ...{ cuts: options.cuts, seed, sides, stop: stop.signal },
    onCut(soFar) {
      for (const violation of soFar.violations.slice(shown))
        progress.say(`VIOLATION ${violation.side}: ${violation.what[0]}\n  ${replayOf(soFar, violation)}`);
      shown = soFar.violations.length;
      progress.show(doneIn(soFar), shown === 0 ? 'no violation' : `${shown} with violations`);
    },
  });
  progress.say(headline(outcome));
  const files = writeReport(options.report, reportOf(facts, outcome, busyShare()));
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return outcome.violations.length === 0 ? 0 : 1;
}

const doneIn = ({ totals }: PowercutsOutcome): number => totals.hub.cuts + totals.agent.cuts;

function sidesOf(word: string): Side['name'][] {
  if (word === 'both') return ['hub', 'agent'];
  if (word === 'hub' || word === 'agent') return [word];
  throw new OptionError(`--side takes hub, agent or both, not «${word}».`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
