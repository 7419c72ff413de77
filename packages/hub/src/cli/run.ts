import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { nearest, visible } from '@homelabcmd/protocol';
import { type GivenSettings, loadConfig } from '../config.ts';
import { CommandFailure } from './client/failure.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { explain } from './explain.ts';
import { COMMANDS } from './registry.ts';
import { COMMON_OPTIONS, manual, overview, usageLine } from './usage.ts';

/** What a command may touch of the process that runs it. */
export interface Surroundings {
  readonly environment: GivenSettings;
  readonly out: Writable;
  readonly err: Writable;
}

/** Runs `homelabcmd` with these words. @returns the exit code: 0 done, 2 called wrongly, and others that `EXIT` names */
export async function runCommand(words: readonly string[], around: Surroundings): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined) {
    around.err.write(overview(COMMANDS));
    return 2;
  }
  const command = COMMANDS.find((one) => one.name === nameOf(name));
  if (command === undefined) return complainOfName(name, around);
  try {
    const call = readCall(command, rest, around);
    if (call.has('help')) {
      around.out.write(manual(command));
      return 0;
    }
    return await command.run(call);
  } catch (error) {
    if (error instanceof UsageError) {
      around.err.write(shown(`${error.message}\n${usageLine(command)}\n`));
      return 2;
    }
    around.err.write(shown(`\n${explain(error, command.name)}\n\n`));
    return error instanceof CommandFailure ? error.exitCode : 1;
  }
}

/** What is printed tells of names and reasons that others wrote: none of them reaches the terminal as an order to it. */
const shown = (text: string): string => text.split('\n').map(visible).join('\n');

/** The flags that people try everywhere. */
function nameOf(word: string): string {
  if (word === '--help' || word === '-h') return 'help';
  return word === '--version' || word === '-v' ? 'version' : word;
}

function complainOfName(name: string, { err }: Surroundings): number {
  const meant = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  const advice = meant === null ? 'homelabcmd help lists them.' : `Did you mean ${meant}?`;
  err.write(`There is no command ${JSON.stringify(name)}. ${advice}\n`);
  return 2;
}

function readCall(command: Command, words: readonly string[], around: Surroundings): Call {
  const { values, positionals } = parseWords(command, words);
  const least = command.operands.filter((word) => !word.startsWith('[')).length;
  if (positionals.length < least && values['help'] !== true)
    throw new UsageError(`${command.operands[positionals.length]} is missing.`);
  if (positionals.length > command.operands.length)
    throw new UsageError(
      `There is a word too many: ${JSON.stringify(positionals[command.operands.length])}.`,
    );
  const valueOf = (option: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : null;
  };
  return {
    operands: positionals,
    has: (option) => values[option] === true,
    valueOf,
    load: () =>
      loadConfig(
        {
          HOMELABCMD_CONFIG: valueOf('config') ?? undefined,
          HOMELABCMD_DATA_DIR: valueOf('data-dir') ?? undefined,
        },
        around.environment,
      ),
    environment: around.environment,
    out: around.out,
    say: (line) => void around.out.write(shown(`${line}\n`)),
    note: (line) => void around.err.write(shown(`${line}\n`)),
    commands: COMMANDS,
  };
}

function parseWords(command: Command, words: readonly string[]) {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(([name, { value }]) => {
    const type = value === null ? ('boolean' as const) : ('string' as const);
    return [name, name === 'help' ? { type, short: 'h' } : { type }] as const;
  });
  try {
    return parseArgs({ args: [...words], options: Object.fromEntries(options), allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${firstSentence(error)}.`);
  }
}

/** Node's own words for a wrong option, without its advice on how to pass a file of that name. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(/\. |\n/, 1)[0]?.replace(/\.$/, '') ?? '';
}
