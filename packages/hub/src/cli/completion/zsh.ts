import type { Command } from '../command.ts';
import { type Completes, completes, optionsOf } from './words.ts';

/** For zsh: as `_homelabcmd` in a folder of `fpath`. */
export const zshCompletion = (commands: readonly Command[]): string => `#compdef homelabcmd
# Completion of homelabcmd for zsh.
_homelabcmd() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map((command) => caseOf(command, commands)).join('\n')}
  esac
}
if [ "$funcstack[1]" = _homelabcmd ]; then
  _homelabcmd "$@"
else
  compdef _homelabcmd homelabcmd
fi
`;

function caseOf(command: Command, commands: readonly Command[]): string {
  const options = optionsOf(command).map(([name, { value, means }]) => {
    const about = means.replaceAll(/[[\]:\\]/g, '\\$&');
    const takes = value === null ? '' : `:${value}:${actionOf(completes(value, commands))}`;
    return quoted(`--${name}[${about}]${takes}`);
  });
  const operands = command.operands.map((usage, n) => {
    const colon = usage.startsWith('[') ? '::' : ':';
    return quoted(
      `${n + 1}${colon}${usage.replaceAll(/[[\]]/g, '')}:${actionOf(completes(usage, commands))}`,
    );
  });
  return `    ${command.name}) _arguments ${[...options, ...operands].join(' ')} ;;`;
}

function actionOf(what: Completes): string {
  if (what === 'file') return '_files';
  return what === 'nothing' ? ' ' : `(${what.words.join(' ')})`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
