import { randomInt } from 'node:crypto';
import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { OptionError, type OptionValues, text, wholeNumber } from '../report/options.ts';
import { findingText, type PartOutcome } from './finding.ts';
import { CALLERS } from './http/house.ts';
import { isPart, PARTS, type PartName, playParts, totalOf } from './parts.ts';
import { headline, reportOf } from './summary.ts';

const OPTIONS = {
  part: text({ placeholder: PARTS.join('|'), byDefault: null, means: 'plays this part alone' }),
  examples: wholeNumber({
    least: 1,
    most: 1e7,
    byDefault: 500,
    means: 'requests of each operation as each caller',
  }),
  frames: wholeNumber({
    least: 100,
    most: 1e9,
    byDefault: 1_000_000,
    means: 'frames, at the hub and at the agent',
  }),
  names: wholeNumber({
    least: 1,
    most: 1e9,
    byDefault: 1_000_000,
    means: 'names and request lines together',
  }),
  lines: wholeNumber({
    least: 0,
    most: 1e9,
    byDefault: 50_000,
    means: 'how many of these the script is run for',
  }),
  seed: wholeNumber({ least: 0, most: 2 ** 31, byDefault: null, means: 'drawn when left out' }),
  operation: text({ placeholder: 'NAME', byDefault: null, means: 'asks this operation alone' }),
  caller: text({ placeholder: CALLERS.join('|'), byDefault: null, means: 'asks as this one alone' }),
  path: text({
    placeholder: 'PATH',
    byDefault: null,
    means: 'with --seed, --operation and --caller: this request',
  }),
  report: reportOption('fuzz'),
};

/** `npm run fuzz`: gives hub, agent and restart script what nobody would give them, and sees what they make of it. */
async function main({ part, report, ...given }: OptionValues<typeof OPTIONS>): Promise<number> {
  if (part !== null && !isPart(part)) throw new OptionError(`--part is one of ${PARTS.join(', ')}.`);
  if (given.path !== null && (given.seed === null || given.operation === null || given.caller === null))
    throw new OptionError(
      '--path needs the --seed, the --operation and the --caller that it was found with.',
    );
  const seed = given.seed ?? randomInt(2 ** 30);
  console.log(`Seed ${seed}.`);
  const chosen: readonly PartName[] = part === null ? PARTS : [part];
  const options = { ...given, seed };
  return playAndReport(
    { report, total: totalOf(chosen, options), unit: 'inputs' },
    async ({ progress, stop, facts }) => {
      let [told, before]: [number, number] = [0, 0];
      const show = (soFar: PartOutcome) =>
        progress.show(before + soFar.played, `${soFar.name}, ${told + soFar.findings.length} findings`);
      const outcomes = await playParts(chosen, { ...options, stop }, show, (outcome) => {
        before += outcome.played;
        told += outcome.findings.length;
        for (const finding of outcome.findings) progress.say(findingText(finding));
      });
      return { headline: headline(outcomes), found: told, report: reportOf(facts, options, outcomes) };
    },
  );
}

await runCommand(OPTIONS, main);
