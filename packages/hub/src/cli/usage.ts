import type { Command, Option } from './command.ts';

/** What every command that reads the settings understands. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  config: { value: 'FILE', means: 'the settings file' },
  'data-dir': { value: 'DIR', means: 'the data folder' },
  help: { value: null, means: 'what this command does' },
};

/** All commands, one line each. */
export function overview(commands: readonly Command[]): string {
  return [
    'homelabcmd: the hub of HomelabCmd, what asks it, and what keeps it.',
    '',
    'Usage: homelabcmd COMMAND [options]',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'homelabcmd help COMMAND says more of one.',
    'Exit code: 0 done, 1 not done (the reason is on standard error), 2 called wrongly. Of those that ask a hub also',
    '3 the hub said no, 4 it cannot be reached or believed, 5 what it says is not well, 6 still open.',
    '',
  ].join('\n');
}

/** One command with its options. */
export function manual(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  return [
    usageLine(command),
    '',
    `${command.summary}.`,
    ...(command.about === '' ? [] : ['', command.about]),
    '',
    'Options:',
    ...columns(
      options.map(([name, { value, means }]) => [value === null ? `--${name}` : `--${name} ${value}`, means]),
    ),
    '',
  ].join('\n');
}

export function usageLine({ name, operands, options }: Command): string {
  const flags = Object.entries(options).map(([option, { value }]) =>
    value === null ? `[--${option}]` : `[--${option} ${value}]`,
  );
  return ['Usage: homelabcmd', name, ...operands, ...flags].join(' ');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
