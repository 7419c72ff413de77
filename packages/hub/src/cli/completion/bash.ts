import type { Command } from '../command.ts';
import { completes, optionsOf } from './words.ts';

/** For bash: `source <(homelabcmd completion bash)`. Nothing in it is asked of a hub. */
export const bashCompletion = (commands: readonly Command[]): string => `# Completion of homelabcmd for bash.
_homelabcmd() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words='' files=false
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$current")
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${valuesOf(commands)}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map((command) => wordsOf(command, commands)).join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; ! $files || compgen -f -- "$current")
}
complete -o filenames -F _homelabcmd homelabcmd
`;

/** What follows an option that takes a value. */
function valuesOf(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) =>
    optionsOf(command).flatMap(([option, { value }]) =>
      value === null ? [] : [`    '${command.name} --${option}') ${replyOf(value, commands)} return ;;`],
    ),
  );
  return lines.join('\n');
}

function replyOf(usage: string, commands: readonly Command[]): string {
  const what = completes(usage, commands);
  if (what === 'file') return 'mapfile -t COMPREPLY < <(compgen -f -- "$current");';
  if (what === 'nothing') return '';
  return `mapfile -t COMPREPLY < <(compgen -W '${what.words.join(' ')}' -- "$current");`;
}

function wordsOf(command: Command, commands: readonly Command[]): string {
  const options = optionsOf(command).map(([option]) => `--${option}`);
  const all = command.operands.map((usage) => completes(usage, commands));
  const words = all.flatMap((what) => (typeof what === 'object' ? what.words : []));
  const files = all.includes('file') ? ' files=true' : '';
  return `    ${command.name}) words='${[...words, ...options].join(' ')}'${files} ;;`;
}
