import { factsOfRun, type RunFacts, watchProcessors } from './machine.ts';
import { OptionError, type Options, type OptionValues, readOptions, text, usageOf } from './options.ts';
import { type Progress, showProgress } from './progress.ts';
import { type Report, writeReport } from './report-files.ts';

/** The option that every proof has: where its report goes. */
export const reportOption = (proof: string) =>
  text({
    ...{ placeholder: 'FILE', byDefault: `dist/proofs/${proof}.md` },
    means: 'where the report goes, as Markdown and as JSON',
  });

/**
 * Does what the command line asks for. The exit code is what `main` answers: 0, or 1 when something was found; it is 2 when
 * the command line cannot be understood, or what it asks for cannot be done here.
 */
export async function runCommand<O extends Options>(
  options: O,
  main: (given: OptionValues<O>) => Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usageOf(options));
    return;
  }
  try {
    process.exitCode = await main(readOptions(args, options));
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

export interface Play {
  readonly progress: Progress;
  /** Aborted by a Ctrl-C: what is being played is played to its end, and reported. */
  readonly stop: AbortSignal;
  readonly facts: RunFacts;
  /** How busy the processors were since the beginning. */
  busyShare(): number;
}

/** What came of it. */
export interface Played {
  readonly headline: string;
  readonly report: Report;
  /** How many counterexamples there are. */
  readonly found: number;
}

/** Has a proof play, with its progress on the terminal, and leaves the report. @returns the exit code */
export async function playAndReport(
  { report, total, unit }: { report: string; total: number; unit: string },
  play: (of: Play) => Promise<Played>,
): Promise<number> {
  // At the beginning: what is changed while it runs is not what it ran.
  const facts = factsOfRun();
  const busyShare = watchProcessors();
  using progress = showProgress(process.stdout, total, unit);
  const stop = new AbortController();
  // Once: who presses a second time does not want to wait.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const played = await play({ progress, stop: stop.signal, facts, busyShare });
  progress.say(played.headline);
  const files = writeReport(report, played.report);
  progress.say(`Report: ${files.markdown} and ${files.json}`);
  return played.found === 0 ? 0 : 1;
}
