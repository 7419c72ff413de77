import { playAndReport, reportOption, runCommand } from '../report/command.ts';
import { OptionError, type OptionValues, text, wholeNumber } from '../report/options.ts';
import { GROUPS } from './groups.ts';
import { type GroupOutcome, scoreGroup } from './run.ts';
import { headline, isGood, lineOf, reportOf } from './summary.ts';

const OPTIONS = {
  group: text({ placeholder: 'NAME', byDefault: null, means: 'scores this group alone' }),
  workers: wholeNumber({ least: 1, most: 64, byDefault: 2, means: 'changes at once' }),
  report: reportOption('score'),
};

/** `npm run score`: makes every small change of the rules, one at a time, and sees whether some test fails. */
async function main({ group, workers, report }: OptionValues<typeof OPTIONS>): Promise<number> {
  const groups = GROUPS.filter(({ name }) => group === null || name === group);
  if (groups.length === 0)
    throw new OptionError(`There is no group «${group}»: ${GROUPS.map(({ name }) => name).join(', ')}.`);
  return playAndReport(
    { report, total: groups.length, unit: 'groups' },
    async ({ progress, stop, facts }) => {
      const outcomes: GroupOutcome[] = [];
      for (const one of groups) {
        const onWord = (word: string) => progress.show(outcomes.length, `${one.name}: ${word}`);
        const outcome = await scoreGroup(one, { workers, stop, onWord });
        if (stop.aborted) break;
        outcomes.push(outcome);
        progress.say(lineOf(outcome));
      }
      // What was not scored, because somebody pressed Ctrl-C, is not good either.
      const found = groups.length - outcomes.filter(isGood).length;
      return { headline: headline(outcomes), report: reportOf(facts, outcomes), found };
    },
  );
}

await runCommand(OPTIONS, main);
