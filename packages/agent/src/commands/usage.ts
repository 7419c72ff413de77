import type { Command } from './command.ts';

/** All commands, one line each. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  return [
    'homelabcmd-agent: the agent of HomelabCmd on this server, and what root says about it.',
    '',
    'Usage: homelabcmd-agent [run]',
    '       homelabcmd-agent COMMAND [options]',
    '',
    ...columns([
      ['run', 'Is the agent: systemd starts it so'],
      ...Object.entries(commands).map(([name, { summary }]) => [name, summary] as const),
    ]),
    '',
    'homelabcmd-agent COMMAND --help says more of one; --version says which version this is.',
    'Exit code: 0 done, 1 not done (the reason is on standard error), 64 called wrongly, 77 not root.',
  ].join('\n');
}

/** One command with its options. */
export function manual(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, help: 'what this command does' });
  return [
    usageLine(name, command),
    '',
    `${command.summary}.`,
    '',
    command.about,
    '',
    ...columns(options.map(([option, means]) => [`--${option}`, means])),
  ].join('\n');
}

export function usageLine(name: string, { takesUnits, takesOne, options }: Command): string {
  const flags = Object.keys(options).map((option) => `[--${option}]`);
  return ['Usage: homelabcmd-agent', name, ...flags, ...(takesUnits ? ['SERVICE…'] : []), takesOne ?? '']
    .join(' ')
    .trimEnd();
}

/** Rows of text, each column as wide as its widest cell; the last is not filled up. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}
