import fc from 'fast-check';
import type { Planted } from '../world/fleet/fleet.ts';
import type { FleetImage } from '../world/fleet/image.ts';
import { commands, seenBy } from './commands.ts';
import { hasOneRightEnd, isOpen, newModel } from './model.ts';
import { Rig } from './rig.ts';

const MAX_COMMANDS = 60;

export interface SequencesOptions {
  readonly seed: number;
  readonly sequences: number;
  /** Of a failure that was found before: which sequence, and which of its commands. */
  readonly path?: string | undefined;
  readonly replayPath?: string | undefined;
  readonly planted?: Planted | undefined;
}

export interface SequencesResult {
  readonly sequences: number;
  readonly commands: number;
  /** Actions, and those among them that had one right end and came to it. */
  readonly actions: number;
  readonly strict: number;
  readonly failure: Failure | null;
}

export interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly replayPath: string;
  readonly what: string;
  readonly commands: string;
  readonly trace: readonly string[];
}

/** Plays sequences of commands against the model, and makes the one that fails as small as it can be. */
export async function playSequences(image: FleetImage, options: SequencesOptions): Promise<SequencesResult> {
  let [played, actions, strict] = [0, 0, 0];
  let trace: readonly string[] = [];
  const { seed, sequences, path, replayPath } = options;
  const property = fc.asyncProperty(commands(MAX_COMMANDS, replayPath), async (sequence) => {
    using rig = await Rig.open(image, options.planted);
    const model = newModel(seenBy(rig));
    try {
      await fc.asyncModelRun(() => ({ model, real: rig }), sequence);
      const [violation] = await rig.finish();
      if (violation !== undefined) throw new Error(violation);
    } catch (error) {
      trace = rig.fleet.timeline.trace;
      throw error;
    } finally {
      played += [...sequence].length;
      actions += model.actions.length;
      strict += model.actions.filter((one) => hasOneRightEnd(one) && !isOpen(one)).length;
    }
  });
  const details = await fc.check(property, {
    seed,
    numRuns: sequences,
    ...(path === undefined ? {} : { path }),
  });
  const smallest: { toString(): string } | undefined = details.counterexample?.[0];
  const commandsOf = smallest?.toString() ?? '';
  const failure: Failure | null = !details.failed
    ? null
    : {
        seed,
        path: details.counterexamplePath ?? '0',
        replayPath: /replayPath="([^"]*)"/.exec(commandsOf)?.[1] ?? '',
        what:
          details.errorInstance instanceof Error
            ? details.errorInstance.message
            : String(details.errorInstance),
        commands: commandsOf,
        trace,
      };
  return { sequences: details.numRuns, commands: played, actions, strict, failure };
}
