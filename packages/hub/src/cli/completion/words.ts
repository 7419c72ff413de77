import type { Command, Option } from '../command.ts';
import { COMMON_OPTIONS } from '../usage.ts';

/** What can follow: words of a closed set, a file, or what nobody can complete. */
export type Completes = { readonly words: readonly string[] } | 'file' | 'nothing';

/** Every option that a command takes. */
export const optionsOf = (command: Command): readonly (readonly [name: string, option: Option])[] =>
  Object.entries({ ...command.options, ...COMMON_OPTIONS });

/** By how its value stands in the usage: `FILE`, `FILE|DIR|-`, `[status|run]`, `SECONDS`. */
export function completes(usage: string, commands: readonly Command[]): Completes {
  const word = usage.replaceAll(/[[\]]/g, '');
  if (word === 'COMMAND') return { words: commands.map(({ name }) => name) };
  if (/\b(?:FILE|DIR)\b/.test(word)) return 'file';
  return /[A-Z]/.test(word) ? 'nothing' : { words: word.split('|') };
}
